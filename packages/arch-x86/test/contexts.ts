import { openFixtures } from '@polyvirt/conformance'
import type { CpuContext, HostInfo, QemuCapabilities } from '@polyvirt/core/arch'
import { x86 } from '../src/index.ts'

const fixtures = openFixtures(new URL('./fixtures/', import.meta.url))

/** What a QEMU 7.2 said of itself. */
export function recorded(emulator = 'qemu-system-x86_64'): QemuCapabilities {
  const found = fixtures.capabilities([emulator])
  if (found === undefined) throw new Error(`no recorded capabilities of ${emulator}`)
  return found
}

/** A host of which nothing is known but what is given. */
export function hostOf(cpu: Partial<HostInfo['cpu']> = {}): HostInfo {
  return {
    arch: 'x86_64',
    cpu: { features: [], mhz: 0, ...cpu },
    topology: { cpus: 1, nodes: 1, sockets: 1, cores: 1, threads: 1 },
    memoryKiB: 1024 * 1024,
    pageSizesKiB: [4],
    cells: [],
    firmware: { kind: 'none' },
  }
}

/** A decision about a guest of QEMU 7.2, under TCG if not said otherwise. */
export function contextOf(parts: Partial<CpuContext> = {}): CpuContext {
  const capabilities = parts.capabilities ?? recorded()
  const machine = capabilities.machines.find(({ alias }) => alias === 'pc')
  if (machine === undefined) throw new Error('no pc in the recording')
  return {
    guest: x86.guests[0],
    machine,
    capabilities,
    host: hostOf(),
    virtType: 'qemu',
    features: {},
    ...parts,
  }
}
