import { openFixtures } from '@polyvirt/conformance'
import type { CpuContext, HostInfo, QemuCapabilities } from '@polyvirt/core/arch'
import { loongarch64 } from '../src/index.ts'

const fixtures = openFixtures(new URL('./fixtures/', import.meta.url))

/** What QEMU 10.0 said of itself. */
export function recorded(): QemuCapabilities {
  const found = fixtures.capabilities(['qemu-system-loongarch64'])
  if (found === undefined) throw new Error('no recorded capabilities')
  return found
}

/** A LoongArch host of which nothing is known but what is given. */
export function hostOf(cpu: Partial<HostInfo['cpu']> = {}): HostInfo {
  return {
    arch: 'loongarch64',
    cpu: { features: [], mhz: 0, ...cpu },
    topology: { cpus: 4, nodes: 1, sockets: 1, cores: 4, threads: 1 },
    memoryKiB: 16 * 1024 * 1024,
    pageSizesKiB: [16],
    cells: [],
    firmware: { kind: 'none' },
    virtualization: { modules: ['kvm'] },
  }
}

/** A decision about a guest of QEMU 10.0 on virt, under TCG if not said otherwise. */
export function contextOf(parts: Partial<CpuContext> = {}): CpuContext {
  const capabilities = parts.capabilities ?? recorded()
  const machine = capabilities.machines.find(({ name }) => name === 'virt')
  if (machine === undefined) throw new Error('no virt in the recording')
  return {
    guest: loongarch64.guests[0],
    machine,
    capabilities,
    host: hostOf({ model: 'la664', vendor: 'Loongson' }),
    virtType: 'qemu',
    features: {},
    ...parts,
  }
}
