import { quote } from '@polyvirt/core/driver'
import type { ResolvedVolume } from '@polyvirt/core/driver'
import { imageDriver } from './images/image-options.ts'
import type { PoolRooms } from './pools/pool-rooms.ts'
import { findVolume } from './volumes/find-volume.ts'
import { refuseChain } from './volumes/refuse-chain.ts'

/**
 * The image behind a guest's disk. From here on a guest may write to it, so what it is now is
 * remembered: whatever bytes it writes, it stays that.
 *
 * @throws DomainError `ERR_OPERATION_INVALID` for an image that names files outside of the pools.
 */
export async function resolveVolume(
  rooms: PoolRooms,
  pool: string,
  name: string,
): Promise<ResolvedVolume> {
  const volume = await findVolume(rooms.active(pool), name)
  const { path, type, format, inode, backing } = volume
  if (type === 'dir') return { path, type, format: 'dir' }
  await refuseChain(rooms, { ...volume, what: `volume ${quote(name, 200)}` })
  const named = backing === undefined ? {} : { backing }
  await volume.pool.records.write(name, inode, { format, ...named })
  return { path, type: 'file', format: imageDriver(format) }
}
