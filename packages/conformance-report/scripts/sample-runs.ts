/**
 * Two runs to look at a report with: every scenario of the suite on x86 and Power, planned by the
 * real packages; what QEMU and guests would say is made up, and so is what fails.
 */
import {
  modelScenarios,
  openFixtures,
  planScenario,
  scenarios,
  targetsOf,
  type PlanOutcome,
  type Scenario,
  type Target,
} from '@polyvirt/conformance'
import { ppc64 } from '@polyvirt/arch-ppc64'
import { x86 } from '@polyvirt/arch-x86'
import { formatDomain } from '@polyvirt/core'
import type { CaseResult, ConformanceRun, Evidence, Tier } from '../src/results.ts'
import { samplePicture } from './sample-picture.ts'

const packages = [
  { arch: x86, fixtures: new URL('../../arch-x86/test/fixtures/', import.meta.url) },
  { arch: ppc64, fixtures: new URL('../../arch-ppc64/test/fixtures/', import.meta.url) },
]

interface Made {
  readonly scenario: Scenario
  readonly target: Target
  readonly outcome: PlanOutcome
}

/** As made for QEMU 7.2, where all is well but Power's guests, and for QEMU 10, where some is not. */
export function sampleRuns(): readonly ConformanceRun[] {
  const made = packages.flatMap(({ arch, fixtures }) =>
    arch.guests.flatMap((guest) => {
      const capabilities = openFixtures(fixtures).capabilities(guest.emulators)
      const own = [...scenarios, ...modelScenarios(arch.devices)]
      const targets =
        capabilities === undefined
          ? []
          : targetsOf(arch, guest, capabilities, `/usr/bin/${guest.emulators[0]}`)
      return targets.flatMap((target) =>
        own.map((scenario) => ({
          scenario,
          target,
          outcome: planScenario(scenario.domain, target),
        })),
      )
    }),
  )
  return [runOf(made, 'QEMU 7.2', '7.2.22'), runOf(made, 'QEMU 10', '10.0.3')]
}

function runOf(made: readonly Made[], label: string, version: string): ConformanceRun {
  const targets = [...new Set(made.map(({ target }) => target))]
  const guests = [...new Set(targets.map(({ guest }) => guest))]
  return {
    format: 1,
    label,
    subject: 'polyvirt 0.1.0',
    startedAt: '2026-11-25T21:04:11.000Z',
    durationMs: 1_284_311,
    host: 'Linux 6.1.0 x86_64, 2 CPUs, no usable KVM (/dev/kvm: permission denied)',
    emulators: guests.map(({ name, emulators }) => ({
      guest: name,
      path: `/usr/bin/${emulators[0]}`,
      version,
    })),
    cases: [
      ...packages.flatMap(({ arch }) => lawCases(arch.name, arch.guests[0].name)),
      ...made.flatMap((one) => casesOf(one, label)),
    ],
    coverage: targets.map((target) => coverageOf(target, made)),
  }
}

const laws = [
  'its tables agree with each other',
  'every profile has a bus for each of its devices',
  'reading a damaged host ends in an answer',
  'a CPU that is resolved twice is the same',
]

const lawCases = (arch: string, guest: string): readonly CaseResult[] =>
  laws.map((title, at) => {
    const scenario = `law/${title.replaceAll(/\W+/g, '-')}`
    return {
      id: `${guest}/any/laws/${scenario}`,
      arch,
      guest,
      machine: 'any',
      tier: 'laws',
      scenario,
      title,
      face: 'offered',
      outcome: 'passed',
      durationMs: 12 + at,
    }
  })

function casesOf(one: Made, label: string): readonly CaseResult[] {
  const tiers: readonly Tier[] =
    one.outcome.kind === 'refused' ? ['model'] : ['model', 'golden', 'live', 'guest']
  return tiers.flatMap((tier) => caseOf(one, tier, label) ?? [])
}

function caseOf(
  { scenario, target, outcome }: Made,
  tier: Tier,
  label: string,
): CaseResult | undefined {
  const { guest, profile, arch } = target
  const hash = hashOf(`${scenario.id}${guest.name}${profile.name}`)
  if (tier === 'golden' && scenario.golden === false) return undefined
  if (tier === 'guest' && scenario.expect?.guest === undefined) return undefined
  const isNotRun = tier === 'guest' && guest.name === 'ppc64'
  const isFailed = tier === 'live' && label === 'QEMU 10' && hash % 41 === 0
  return {
    id: `${guest.name}/${profile.name}/${tier}/${scenario.id}`,
    arch: arch.name,
    guest: guest.name,
    machine: profile.name,
    tier,
    scenario: scenario.id,
    title: scenario.title,
    face: outcome.kind === 'refused' ? 'refused' : 'offered',
    outcome: isNotRun ? 'not-run' : isFailed ? 'failed' : 'passed',
    ...(isNotRun ? { reason: 'nobody says how to make a guest for ppc64' } : {}),
    ...(outcome.kind === 'refused' ? { reason: outcome.error.problems[0]?.message ?? '' } : {}),
    ...(isFailed
      ? {
          failure: {
            message: failureText(hash),
            stack: `Error: ${failureText(hash)}\n    at checkSlots (live-traits.ts:41:11)\n    at async runLive (run-live.ts:88:5)`,
          },
        }
      : {}),
    durationMs: { model: 3, golden: 2, live: 412, guest: 31_204 }[tier as 'model'] + (hash % 97),
    evidence: isNotRun ? { xml: scenario.domain } : evidenceOf({ scenario, target, outcome }, tier),
  }
}

const failureText = (hash: number): string =>
  hash % 2 === 0
    ? 'live trait "every PCI device is where the plan has put it": virtio-disk0 should be at 0000:00:03.0, but query-pci has it at 0000:00:04.0\n+ actual - expected\n\n  {\n+   slot: 4\n-   slot: 3\n  }'
    : 'QEMU ended with 1: qemu-system: -device {"driver":"virtio-net-pci","rombar":1}: failed to find romfile "efi-virtio.rom"'

function evidenceOf({ scenario, target, outcome }: Made, tier: Tier): Evidence {
  if (outcome.kind === 'refused') {
    return {
      xml: scenario.domain,
      refusal: outcome.error.problems.map(({ code, path, place, message }) => ({
        code,
        message,
        ...(path === undefined ? {} : { path }),
        ...(place?.line === undefined ? {} : { line: place.line }),
      })),
    }
  }
  const { stored, argv } = outcome.planned
  const planned = { xml: scenario.domain, stored: formatDomain(stored), argv }
  if (tier === 'model' || tier === 'golden') return planned
  const live = {
    'query-status': { running: false, singlestep: false, status: 'prelaunch' },
    'query-cpus-fast': [0, 1].map((cpu) => ({
      'cpu-index': cpu,
      'qom-path': `/machine/unattached/device[${cpu}]`,
      'thread-id': 41_800 + cpu,
      props: { 'core-id': cpu, 'socket-id': 0, 'thread-id': 0 },
      target: target.guest.name,
    })),
    'query-pci': [
      {
        bus: 0,
        devices: argv
          .filter((one) => one.startsWith('{"driver"'))
          .map((one, slot) => ({ slot, qdev: one })),
      },
    ],
  }
  if (tier === 'live') return { ...planned, live }
  return {
    ...planned,
    live,
    guest: {
      machine: target.guest.name,
      kernel: '6.1.0-40',
      cpus: { online: 2, possible: 2, sockets: 1, cores: 2, threads: 1 },
      memoryKiB: 482_112,
      pci: argv
        .filter((one) => one.startsWith('{"driver"'))
        .map((_, at) => ({
          slot: `0000:00:0${at}.0`,
          vendor: '1af4',
          device: '1001',
          driver: 'virtio-pci',
        })),
      blocks: [{ name: 'vda', sizeKiB: 65_536, serial: null, isReadOnly: false }],
    },
    console: consoleOf(scenario, target),
    screenshots: [
      { title: 'the firmware, 4 s after the start', url: samplePicture(target.profile.name) },
    ],
  }
}

const kernelLines = [
  'Linux version 6.1.0-40 (debian-kernel@lists.debian.org)',
  'Memory: 482112K/524288K available (14336K kernel code, 2331K rwdata)',
  'rcu: Hierarchical RCU implementation.',
  'smp: Brought up 1 node, 2 CPUs',
  'PCI: Using configuration type 1 for base access',
  'clocksource: Switched to clocksource',
  'virtio_blk virtio2: [vda] 131072 512-byte logical blocks (67.1 MB/64.0 MiB)',
  'virtio_net virtio0 enp0s2: renamed from eth0',
  'EXT4-fs (vda): mounted filesystem without journal. Quota mode: none.',
  'input: QEMU QEMU USB Tablet as /devices/pci0000:00/usb1/1-1/input/input3',
]

function consoleOf(scenario: Scenario, target: Target): string {
  const seed = hashOf(`${scenario.id}${target.guest.name}`)
  const lines = Array.from({ length: 220 }, (_, at) => {
    const time = (at * 0.031 + (seed % 1000) / 10_000).toFixed(6).padStart(12)
    return `[${time}] ${kernelLines[(at * 7 + seed) % kernelLines.length]}`
  })
  return `SLOF\u241b[2J **** QEMU ${target.profile.name} ****\n${lines.join('\n')}\nPOLYVIRT-AGENT ready\n`
}

function coverageOf(target: Target, made: readonly Made[]): ConformanceRun['coverage'][number] {
  const offered = [
    ...new Set(
      made
        .filter((one) => one.target === target && one.outcome.kind === 'planned')
        .flatMap(({ scenario }) => scenario.uses),
    ),
  ]
  const unreached = target.guest.name === 'i686' ? ['device:hostdev:mdev/vfio-ap', 'timer:tsc'] : []
  return {
    guest: target.guest.name,
    machine: target.profile.name,
    offered: [...offered, ...unreached],
    unreached,
  }
}

function hashOf(text: string): number {
  let hash = 7
  for (const character of text) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 1_000_003
  return hash
}
