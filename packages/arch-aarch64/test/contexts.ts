import { openFixtures } from '@polyvirt/conformance'
import type { CpuContext, HostInfo, QemuCapabilities } from '@polyvirt/core/arch'
import { aarch64 } from '../src/index.ts'

const fixtures = openFixtures(new URL('./fixtures/', import.meta.url))

/** What QEMU 7.2 said of itself. */
export function recorded(): QemuCapabilities {
  const found = fixtures.capabilities(['qemu-system-aarch64'])
  if (found === undefined) throw new Error('no recorded capabilities')
  return found
}

/** An Arm host of which nothing is known but what is given. */
export function hostOf(cpu: Partial<HostInfo['cpu']> = {}): HostInfo {
  return {
    arch: 'aarch64',
    cpu: { features: [], mhz: 0, ...cpu },
    topology: { cpus: 8, nodes: 1, sockets: 1, cores: 8, threads: 1 },
    memoryKiB: 16 * 1024 * 1024,
    pageSizesKiB: [4],
    cells: [],
    firmware: { kind: 'none' },
    virtualization: { modules: ['kvm'] },
  }
}

/** A decision about a guest of QEMU 7.2 on virt, under TCG if not said otherwise. */
export function contextOf(parts: Partial<CpuContext> = {}): CpuContext {
  const capabilities = parts.capabilities ?? recorded()
  const machine = capabilities.machines.find(({ alias }) => alias === 'virt')
  if (machine === undefined) throw new Error('no virt in the recording')
  return {
    guest: aarch64.guests[0],
    machine,
    capabilities,
    host: hostOf({ model: 'Neoverse-N1', vendor: 'ARM' }),
    virtType: 'qemu',
    features: {},
    ...parts,
  }
}
