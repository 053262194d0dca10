import { openFixtures } from '@polyvirt/conformance'
import type { CpuContext, HostInfo, QemuCapabilities } from '@polyvirt/core/arch'
import { ppc64 } from '../src/index.ts'

const fixtures = openFixtures(new URL('./fixtures/', import.meta.url))

/** What QEMU 7.2 said of itself. */
export function recorded(): QemuCapabilities {
  const found = fixtures.capabilities(['qemu-system-ppc64'])
  if (found === undefined) throw new Error('no recorded capabilities')
  return found
}

/** A Power host that is nothing but its processor. */
export function hostWith(model: string | undefined, modules: readonly string[]): HostInfo {
  return {
    arch: 'ppc64le',
    cpu: { ...(model !== undefined && { model, vendor: 'IBM' }), features: [], mhz: 0 },
    topology: { cpus: 8, nodes: 1, sockets: 1, cores: 8, threads: 1 },
    memoryKiB: 16 * 1024 * 1024,
    pageSizesKiB: [64],
    cells: [],
    firmware: { kind: 'none' },
    virtualization: { modules },
  }
}

/** A decision about a pseries guest of QEMU 7.2. */
export function contextOf(parts: Partial<CpuContext> = {}): CpuContext {
  const capabilities = parts.capabilities ?? recorded()
  const machine = capabilities.machines.find(({ alias }) => alias === 'pseries')
  if (machine === undefined) throw new Error('no pseries in the recording')
  return {
    guest: ppc64.guests[0],
    machine,
    capabilities,
    host: hostWith('POWER9', ['kvm_hv']),
    virtType: 'qemu',
    features: {},
    ...parts,
  }
}
