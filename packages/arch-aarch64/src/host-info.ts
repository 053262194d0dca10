import { hostMemoryKiB, hostPageSizesKiB, linuxTopology } from '@polyvirt/core/arch'
import type { HostFiles, HostInfo, HostInfoReader } from '@polyvirt/core/arch'

export const host: HostInfoReader = { machines: ['aarch64', 'arm64'], read: readHost }

function readHost(files: HostFiles): HostInfo {
  const memoryKiB = hostMemoryKiB(files)
  const linux = linuxTopology(files, { basePageKiB: 4, memoryKiB })
  return {
    arch: 'aarch64',
    cpu: { features: [], mhz: 0 },
    topology: linux.topology,
    memoryKiB,
    pageSizesKiB: hostPageSizesKiB(files, 4),
    cells: linux.cells,
    firmware: { kind: 'none' },
  }
}
