import { availableParallelism, machine, release, type } from 'node:os'
import type { CaseResult, ConformanceRun, EmulatorResult } from '@polyvirt/conformance-report'
import type { QemuCapabilities } from '@polyvirt/core/arch'
import { debianGuests } from '../guest/debian-guests.ts'
import { liveCapabilities } from '../live-capabilities.ts'
import type { Target } from '../target.ts'
import { askEmulators } from './ask-emulators.ts'
import type { ConformanceCase } from './conformance-case.ts'
import { checkFree } from '../libvirt/check-free.ts'
import { libvirtCases } from '../libvirt/libvirt-cases.ts'
import { libvirtVersion, virshAt, type Virsh } from '../libvirt/virsh.ts'
import { targetScenarios } from '../scenarios/of-target.ts'
import {
  conformanceCases,
  scenariosOf,
  subjectEmulators,
  subjectTargets,
} from './conformance-cases.ts'
import { coverageOf } from './coverage.ts'
import { runCases } from './run-cases.ts'
import type { ArchSubject, Boots, RunConformanceOptions } from './run-options.ts'
import { selectCases } from './select-cases.ts'
import { suiteVersion } from './suite-version.ts'

/**
 * Runs the suite over these architectures and gives what became of each case. Where an
 * architecture's package has no recordings, its emulator on this machine is asked instead.
 *
 * A case that fails is a result. An abort ends the run early and gives what is known so far.
 *
 * @throws where the options make no sense: a shard that is none, an emulator that does not answer, a
 *   guest architecture in `emulator` that none of these architectures has; a libvirt that does not answer, or
 *   that has a domain of the suite already.
 */
export async function runConformance(options: RunConformanceOptions): Promise<ConformanceRun> {
  const startedAt = new Date()
  checkEmulatorNames(options)
  const isNarrow = options.scenarios !== undefined || options.only !== undefined
  const boots = options.boots ?? (isNarrow ? 'all' : 'most')
  const nested = isNarrow || boots === 'all' || options.tiers?.includes('nested') === true
  const virsh = options.connect === undefined ? undefined : virshAt(options.connect)
  const libvirt = virsh === undefined ? undefined : `libvirt ${await libvirtVersion(virsh)}`
  if (virsh !== undefined) await checkFree(virsh, options.connect ?? '')
  const cases: ConformanceCase[] = []
  const targets: Target[] = []
  const emulators = new Map<string, string>()
  for (const subject of options.arches) {
    const asked = await askEmulators(subject, options)
    cases.push(
      ...(virsh === undefined
        ? conformanceCases(subject, { ...asked, boots, nested })
        : subjectTargets(subject, asked).flatMap((target) =>
            askedOfLibvirt(subject, target, { virsh, boots }),
          )),
    )
    targets.push(...subjectTargets(subject, asked))
    for (const [guest, path] of subjectEmulators(subject, asked)) emulators.set(guest, path)
  }
  const chosen = selectCases(cases, options)
  const results = await runCases(chosen, libvirt === undefined ? options : oneAtATime(options))
  const byId = new Map(results.map((one) => [one.id, one]))
  const isTried = ({ guest, profile }: Target): boolean =>
    chosen.some((one) => one.guest === guest.name && one.machine === profile.name)
  return {
    format: 1,
    label: options.label ?? libvirt ?? labelOf(targets),
    subject:
      libvirt === undefined ? `polyvirt ${suiteVersion()}` : `${libvirt} at ${options.connect}`,
    startedAt: startedAt.toISOString(),
    durationMs: Date.now() - startedAt.getTime(),
    host: `${type()} ${release()} ${machine()}, ${availableParallelism()} CPUs, guests under TCG`,
    ...(options.shard === undefined ? {} : { shard: options.shard }),
    emulators: libvirt === undefined ? await emulatorsOf(emulators, results) : [],
    cases: results,
    coverage: targets.filter(isTried).map((target) => coverageOf(target, chosen, byId)),
    ...(options.signal?.aborted === true ? { interrupted: true } : {}),
  }
}

function askedOfLibvirt(
  subject: ArchSubject,
  target: Target,
  { virsh, boots }: { readonly virsh: Virsh; readonly boots: Boots },
): readonly ConformanceCase[] {
  const recipe = subject.recipes?.[target.guest.name] ?? debianGuests[target.guest.name]
  return libvirtCases([...scenariosOf(subject), ...targetScenarios(target)], target, {
    virsh,
    ...(recipe && { guests: { boots, cpus: subject.bootCpus ?? [], recipe } }),
  })
}

/** All documents of the suite have one name, and libvirt knows each name once. */
const oneAtATime = (options: RunConformanceOptions): RunConformanceOptions => ({
  ...options,
  concurrency: { live: 1, guest: 1 },
})

function checkEmulatorNames({ arches, emulator = {} }: RunConformanceOptions): void {
  const guests = arches.flatMap(({ arch }) => arch.guests.map(({ name }) => name))
  for (const name of Object.keys(emulator)) {
    if (guests.includes(name)) continue
    throw new RangeError(
      `an emulator is given for '${name}', but the guests are ${guests.join(', ')}`,
    )
  }
}

/** `QEMU 7.2`, or all versions there are. */
function labelOf(targets: readonly Target[]): string {
  const versions = targets.map(
    ({ capabilities: { version } }) => `${version.major}.${version.minor}`,
  )
  return `QEMU ${[...new Set(versions)].join(', ')}`
}

/** The emulators that something was started with. */
async function emulatorsOf(
  emulators: ReadonlyMap<string, string>,
  results: readonly CaseResult[],
): Promise<readonly EmulatorResult[]> {
  const started = new Set(
    results
      .filter(
        ({ tier, outcome }) => ['live', 'guest', 'nested'].includes(tier) && outcome !== 'not-run',
      )
      .map(({ guest }) => guest),
  )
  const found: EmulatorResult[] = []
  for (const [guest, path] of emulators) {
    if (!started.has(guest)) continue
    found.push({ guest, path, version: versionOf(await liveCapabilities(path)) })
  }
  return found
}

const versionOf = ({ version: { major, minor, micro } }: QemuCapabilities): string =>
  `${major}.${minor}.${micro}`
