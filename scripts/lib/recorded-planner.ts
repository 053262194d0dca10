import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { aarch64 } from '@polyvirt/arch-aarch64'
import { loongarch64 } from '@polyvirt/arch-loongarch64'
import { ppc64 } from '@polyvirt/arch-ppc64'
import { riscv64 } from '@polyvirt/arch-riscv64'
import { s390x } from '@polyvirt/arch-s390x'
import { x86 } from '@polyvirt/arch-x86'
import {
  DomainError,
  createRegistry,
  formatDomain,
  withoutSecrets,
  parseDomain,
  planContext,
  planDomain,
  planRun,
} from '@polyvirt/core'
import type { Arch, QemuCapabilities, RuntimePaths } from '@polyvirt/core'
import { recordedFirmware as firmwares } from './recorded-firmware.ts'

/** What becomes of a document that is accepted. */
export interface RecordedPlan {
  /** The definition as it would be stored. */
  readonly stored: string
  /** The definition as it is shown: without passwords. */
  readonly dumpxml: string
  /** The command line, program first. */
  readonly argv: readonly string[]
  readonly guestName: string
}

/** A definition that can be stored and not be run. */
export class RunRefused extends DomainError {
  /** The definition as it is shown. */
  readonly dumpxml: string

  constructor({ problems }: DomainError, dumpxml: string) {
    super(problems)
    this.dumpxml = dumpxml
  }
}

/** Plans one document; `guestName` is the guest where the document names none. */
export type RecordedPlanner = (xml: string, guestName: string) => Promise<RecordedPlan>

/** The recordings of each guest's emulator, below packages/. */
const recordings: Readonly<Record<string, string>> = {
  x86_64: 'arch-x86/test/fixtures/capabilities/qemu-system-x86_64.json',
  i686: 'arch-x86/test/fixtures/capabilities/qemu-system-i386.json',
  ppc64le: 'arch-ppc64/test/fixtures/capabilities/qemu-system-ppc64.json',
  ppc64: 'arch-ppc64/test/fixtures/capabilities/qemu-system-ppc64.json',
  aarch64: 'arch-aarch64/test/fixtures/capabilities/qemu-system-aarch64.json',
  s390x: 'arch-s390x/test/fixtures/capabilities/qemu-system-s390x.json',
  riscv64: 'arch-riscv64/test/fixtures/capabilities/qemu-system-riscv64.json',
  loongarch64: 'arch-loongarch64/test/fixtures/capabilities/qemu-system-loongarch64.json',
}

const registry = createRegistry([aarch64, loongarch64, ppc64, riscv64, s390x, x86])

/** The guests that can be planned from recordings. */
export const recordedGuests: readonly string[] = registry
  .guests()
  .filter((name) => recordings[name] !== undefined)

const host = {
  arch: 'x86_64',
  cpu: { features: [], mhz: 0 },
  topology: { cpus: 1, nodes: 1, sockets: 1, cores: 1, threads: 1 },
  memoryKiB: 1024 * 1024,
  pageSizesKiB: [4],
  cells: [],
  firmware: { kind: 'none' },
} as const

const fresh = {
  uuid: () => '00000000-0000-4000-8000-000000000001',
  mac: () => '52:54:00:00:00:01',
}

/** libvirt's folder, so that paths compare. */
const libDir = '/var/lib/libvirt/qemu'

/** A moment for clocks that are counted from the start; the same in every run. */
const nowMs = Date.UTC(2024, 0, 1)

/**
 * A planner over recorded capabilities: no emulator is asked, nothing is started, and the answers
 * are the same on every machine.
 *
 * It throws what planning throws: a DomainError where the document is refused, and a {@link RunRefused} where it would
 * be stored and not be started.
 */
export function recordedPlanner(): RecordedPlanner {
  const known = new Map<string, QemuCapabilities>()
  return async (xml, folderGuest) => {
    const { domain, locate } = parseDomain(xml)
    const guestName = domain.os.arch ?? folderGuest
    const arch = await registry.find(guestName)
    const emulator = domain.devices.emulator ?? defaultEmulator(arch, guestName)
    const recording = recordingOf(arch, guestName, emulator)
    const capabilities = known.get(recording) ?? readRecording(recording)
    known.set(recording, capabilities)
    const facts = {
      ...{ arch, guestName, capabilities, host, emulator, fresh },
      firmwares: () => firmwares,
    }
    const context = planContext(domain, facts, locate)
    const planned = planDomain(domain, context, locate)
    const paths = pathsOf(planned.domain.name)
    const shown = (): string => formatDomain(withoutSecrets(planned.domain))
    const { argv } = asRefusal(shown, () => planRun(planned.domain, context, { paths, nowMs }))
    return {
      // Written only for those who ask: to plan is not to write.
      get stored() {
        return formatDomain(planned.domain)
      },
      get dumpxml() {
        return shown()
      },
      argv,
      guestName,
    }
  }
}

/** What distributions call the emulator of the host's own architecture. */
const ofTheHost: readonly string[] = ['kvm', 'kvm-spice', 'qemu-kvm']

function asRefusal<T>(shown: () => string, planned: () => T): T {
  try {
    return planned()
  } catch (error) {
    if (error instanceof DomainError) throw new RunRefused(error, shown())
    throw error
  }
}

/** That of the emulator which the document names, where it is recorded: one may serve several guests. */
function recordingOf(arch: Arch, guestName: string, emulator: string): string {
  const name = basename(emulator)
  const own = `/${name}.json`
  const named = ofTheHost.includes(name)
    ? recordings[arch.guests[0].name]
    : Object.values(recordings).find((path) => path.endsWith(own))
  return named ?? recordings[guestName] ?? ''
}

function readRecording(recording: string): QemuCapabilities {
  const file = new URL(`../../packages/${recording}`, import.meta.url)
  const recorded = JSON.parse(readFileSync(file, 'utf8')) as QemuCapabilities
  // The recording's machine had KVM built in; whether it works is no matter for a plan.
  return { ...recorded, kvm: { present: true, usable: true } }
}

function defaultEmulator(arch: Arch, guestName: string): string {
  const guest = arch.guests.find(({ name }) => name === guestName)
  return `/usr/bin/${guest?.emulators[0] ?? ''}`
}

/** libvirt's folders of a domain that has no id yet. */
function pathsOf(name: string): RuntimePaths {
  const run = `-1-${name.slice(0, 20)}`
  return {
    stateDir: `${libDir}/domain-${run}`,
    channelDir: `${libDir}/channel/target/domain-${run}`,
    nvramDir: `${libDir}/nvram`,
    ramDir: `${libDir}/ram/${run}`,
    hugeDir: () => `/dev/hugepages/libvirt/qemu/${run}`,
  }
}
