import { hostMemoryKiB, hostPageSizesKiB, linuxTopology } from '@polyvirt/core/arch'
import type { HostFiles, HostInfo, HostInfoReader } from '@polyvirt/core/arch'
export const host: HostInfoReader = { machines: ['s390x'], read: readHost }
function readHost(files: HostFiles): HostInfo {
  const memoryKiB = hostMemoryKiB(files)
  const { topology, cells } = linuxTopology(files, { basePageKiB: 4, memoryKiB })
  return {
    arch: 's390x',
    cpu: { features: [], mhz: 0 },
    topology,
    memoryKiB,
    pageSizesKiB: hostPageSizesKiB(files, 4),
    cells,
    firmware: { kind: 'none' },
  }
}
