import type { Domain } from '../../domain/domain.ts'
import { unsupported } from '../../errors.ts'
import type { Problem } from '../../errors.ts'

/** Devices that another process serves out of the guest's memory, which it must be able to see. */
export function checkSharedMemory(domain: Domain): readonly Problem[] {
  if (isShared(domain)) return []
  const { disk = [], filesystem = [] } = domain.devices
  const served = [
    ...disk.map(({ type }, i) => [type, `devices/disk[${i + 1}]/@type`, 'vhostuser'] as const),
    ...filesystem.map(
      ({ driverType }, i) =>
        [driverType, `devices/filesystem[${i + 1}]/driver/@type`, 'virtiofs'] as const,
    ),
  ]
  return served.flatMap(([type, path, server]) =>
    type === server
      ? [
          unsupported(
            path,
            `'${server}' requires shared memory: <memoryBacking><access mode='shared'/>, or memAccess='shared' of every NUMA cell`,
          ),
        ]
      : [],
  )
}

/** All of it: a cell's own word counts more than that of the whole. */
function isShared({ cpu, memoryBacking }: Domain): boolean {
  const cells = cpu?.numa ?? []
  const modes = cells.length === 0 ? [undefined] : cells.map(({ memAccess }) => memAccess)
  return modes.every((mode) => (mode ?? memoryBacking?.access) === 'shared')
}
