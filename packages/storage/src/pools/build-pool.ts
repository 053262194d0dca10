import { chmod, chown, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { domainError, makeFolders, quote, unsupported } from '@polyvirt/core/driver'
import type { StoragePoolBuildOptions } from '@polyvirt/core/driver'
import type { Pool } from '../documents/pool.ts'
import { errnoOf, systemError } from '../system-error.ts'

/** Mode of a pool's directory where its document says none: libvirt's. */
const defaultMode = 0o711

/** Makes a pool's directory, and those above it. One that is there is used, and its mode set if asked. */
export async function buildPool(pool: Pool, options: StoragePoolBuildOptions = {}): Promise<void> {
  if (options.overwrite === true || options.noOverwrite === true) {
    const message = `No source device specified when formatting pool ${quote(pool.name, 200)}`
    throw domainError('ERR_OPERATION_INVALID', message)
  }
  if (pool.cow !== undefined) {
    const { code, message } = unsupported('', 'the COW flag cannot be set; use chattr on it')
    throw domainError(code, message, { root: 'pool', path: 'features/cow' })
  }
  const { path, permissions = {} } = pool.target
  const { mode, owner = -1, group = -1 } = permissions
  try {
    const made = await makeDirectory(path)
    if (made || mode !== undefined) await chmod(path, mode ?? defaultMode)
    if (owner !== -1 || group !== -1) await chown(path, owner, group)
  } catch (error) {
    throw systemError(`cannot build the directory ${quote(path, 200)}`, error)
  }
}

/** Whether it was not there before. */
async function makeDirectory(path: string): Promise<boolean> {
  makeFolders(dirname(path))
  try {
    await mkdir(path, { mode: defaultMode })
    return true
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error
    return false
  }
}
