import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ppc64 } from '@polyvirt/arch-ppc64'
import { x86 } from '@polyvirt/arch-x86'
import { createRegistry } from '@polyvirt/core'
import type { Arch, ArchRegistry, QemuCapabilities } from '@polyvirt/core'
import type { Cpu, HostInfo } from '@polyvirt/core/arch'
import type { CpuFacts } from '../cpu-facts.ts'
import type { Recording } from '../recording.ts'
import { capabilitiesOf, findEmulator, layoutOf } from './core-rooms.ts'

/** Everything that polyvirt's answers depend on. */
export interface MatrixFacts {
  readonly registry: ArchRegistry
  /** By guest architecture. */
  readonly capabilities: Readonly<Record<string, QemuCapabilities>>
  readonly host: HostInfo
}

/** The recordings of each guest's emulator, below packages/. */
const recordings: Readonly<Record<string, string>> = {
  x86_64: 'arch-x86/test/fixtures/capabilities/qemu-system-x86_64.json',
  i686: 'arch-x86/test/fixtures/capabilities/qemu-system-i386.json',
  ppc64le: 'arch-ppc64/test/fixtures/capabilities/qemu-system-ppc64.json',
  ppc64: 'arch-ppc64/test/fixtures/capabilities/qemu-system-ppc64.json',
}

export const guestNames: readonly string[] = Object.keys(recordings)

/** The capabilities that the packages' tests plan with, completed by what a recording knows. */
export function recordedCapabilities(widest: Recording['widest']): MatrixFacts['capabilities'] {
  return Object.fromEntries(
    Object.entries(recordings).map(([guest, path]) => {
      const file = new URL(`../../../packages/${path}`, import.meta.url)
      const recorded = JSON.parse(readFileSync(file, 'utf8')) as QemuCapabilities
      const qemu = widest[guest]
      return [guest, qemu === undefined ? recorded : { ...recorded, widestCpu: { qemu } }]
    }),
  )
}

/** @throws Error, for the user, where an emulator is missing; DomainError where one cannot be asked. */
export async function probedCapabilities(): Promise<MatrixFacts['capabilities']> {
  const root = mkdtempSync(join(tmpdir(), 'pv-cpus-'))
  const layout = layoutOf(`qemu:///embed?root=${root}`, {
    home: root,
    uid: process.getuid?.() ?? 0,
  })
  try {
    const found: [string, QemuCapabilities][] = []
    for (const name of guestNames) {
      const arch = archOf(name)
      const guest = arch.guests.find((one) => one.name === name)
      const emulator = guest && (await findEmulator(guest))
      if (emulator === undefined) throw new Error(`no emulator for ${name} is installed`)
      found.push([name, await capabilitiesOf(emulator, layout, arch)])
    }
    return Object.fromEntries(found)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

function archOf(guest: string): Arch {
  const found = [x86, ppc64].find(({ guests }) => guests.some(({ name }) => name === guest))
  if (found === undefined) throw new Error(`no architecture serves ${guest}`)
  return found
}

/** The facts with a host as libvirt sees it: the machine at hand, or one that was recorded. */
export function matrixFacts(
  host: Recording['host'],
  capabilities: MatrixFacts['capabilities'],
): MatrixFacts {
  const cpu = hostCpu(host.cpu)
  const own = archOf(host.arch)
  // The verbs ask the driver for the host's CPU; this one's is known already.
  const arches = [x86, ppc64].map((arch) =>
    arch === own ? { ...arch, cpu: { ...arch.cpu, host: () => cpu } } : arch,
  )
  const bits = /\bbits=(\d+)/.exec(host.cpu.maxphysaddr ?? '')?.[1]
  const info = hostInfo(host.arch, cpu, bits === undefined ? undefined : Number(bits))
  return { registry: createRegistry(arches), capabilities, host: info }
}

function hostCpu({ model, vendor, features = [] }: CpuFacts): Cpu {
  return {
    ...(model !== undefined && { model }),
    ...(vendor !== undefined && { vendor }),
    features: features.map((name) => ({ name })),
  }
}

function hostInfo(
  arch: string,
  { model, vendor, features = [] }: Cpu,
  physicalAddressBits: number | undefined,
): HostInfo {
  return {
    arch,
    cpu: {
      ...(model !== undefined && { model }),
      ...(vendor !== undefined && { vendor }),
      features: features.map(({ name }) => name),
      mhz: 0,
      ...(physicalAddressBits !== undefined && { physicalAddressBits }),
    },
    topology: { cpus: 1, nodes: 1, sockets: 1, cores: 1, threads: 1 },
    memoryKiB: 1024 * 1024,
    pageSizesKiB: [4],
    cells: [],
    firmware: { kind: 'none' },
  }
}
