import type { OpenDriver, StorageDriver } from '@polyvirt/core/driver'
import { poolRooms } from './pools/pool-rooms.ts'
import { poolVerbs } from './pools/pool-verbs.ts'
import { resolveVolume } from './resolve-volume.ts'
import { volumeVerbs } from './volumes/volume-verbs.ts'

/**
 * Opens the storage driver of a connection: pools that are directories, and the volumes in them.
 *
 * ```ts
 * openHypervisor(uri, { registry, drivers: { storage: openStorage } })
 * ```
 */
export const openStorage: OpenDriver<StorageDriver> = async (context) => {
  const rooms = poolRooms(context)
  return {
    ...poolVerbs(rooms),
    ...volumeVerbs(rooms),
    resolve: (pool, volume) => resolveVolume(rooms, pool, volume),
  }
}
