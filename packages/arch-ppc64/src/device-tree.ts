import { deviceTree } from '@polyvirt/core/arch'
import type { HostFiles } from '@polyvirt/core/arch'

/** The nodes of the processors: one for each core. */
export function cpuNodes(files: HostFiles): readonly string[] {
  return files
    .list(`${deviceTree}/cpus`)
    .filter((name) => name.startsWith('PowerPC,'))
    .map((name) => `cpus/${name}`)
}
