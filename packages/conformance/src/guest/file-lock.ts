import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { makeFolders } from '@polyvirt/core'

const retryMs = 200

/**
 * Runs `work` while no other process runs anything under the same lock file.
 *
 * The lock is a transaction of an empty database: the kernel drops it when the holder dies, however
 * it dies, so there are no stale locks to recognise. `onWait` is called once if another holds it.
 */
export async function withFileLock<T>(
  file: string,
  work: () => Promise<T>,
  onWait?: () => void,
): Promise<T> {
  makeFolders(dirname(file))
  const database = new DatabaseSync(file)
  try {
    for (let waited = false; !tryLock(database); waited = true) {
      if (!waited) onWait?.()
      await setTimeout(retryMs)
    }
    return await work()
  } finally {
    database.close()
  }
}

function tryLock(database: DatabaseSync): boolean {
  try {
    database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE')
    return true
  } catch (error) {
    const busy = 5 // SQLITE_BUSY
    if (error instanceof Error && 'errcode' in error && error.errcode === busy) return false
    throw error
  }
}
