import { constants } from 'node:fs'
import { chmod, chown, link, lstat, open, readdir, rename, unlink } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { domainError, identify, quote } from '@polyvirt/core/driver'
import { ownPrefix } from '../documents/volume-name.ts'
import type { Permissions } from '../documents/permissions.ts'
import { errnoOf, systemError } from '../system-error.ts'

/**
 * Makes a file in a directory so that it is there whole or not at all.
 *
 * `make` writes it under a name that is no volume's; then it is made durable and gets its own name,
 * which must not be taken by then. A killed process leaves the other name, which says whose it was
 * and is removed with the next refresh.
 */
export async function makeFile(
  target: { readonly dir: string; readonly name: string; readonly permissions?: Permissions },
  make: (temporary: string) => Promise<void>,
): Promise<void> {
  const { dir, name, permissions } = target
  const path = `${dir}/${name}`
  await refuseExisting(path)
  const temporary = `${dir}/${temporaryName()}`
  try {
    await make(temporary)
    await settle(temporary, permissions)
    await publish(temporary, path)
    await syncDir(dir)
  } catch (error) {
    throw systemError(`cannot create ${quote(path, 200)}`, error)
  } finally {
    await unlink(temporary).catch(() => undefined)
  }
}

/** @throws DomainError `ERR_STORAGE_VOL_EXIST`. */
export async function refuseExisting(path: string): Promise<void> {
  const there = await lstat(path).then(
    () => true,
    () => false,
  )
  if (there) throw exists(path)
}

function exists(path: string): Error {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return domainError('ERR_STORAGE_VOL_EXIST', `storage volume ${quote(name, 200)} exists already`)
}

async function settle(temporary: string, permissions: Permissions = {}): Promise<void> {
  const { mode = 0o600, owner = -1, group = -1 } = permissions
  if (owner !== -1 || group !== -1) {
    await chown(temporary, owner, group).catch((error: unknown) => {
      throw systemError(`cannot give the volume to uid ${owner} and gid ${group}`, error)
    })
  }
  await chmod(temporary, mode)
  const file = await open(temporary, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Gives the file its name; unlike a rename, a link never replaces one that is there. */
async function publish(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path)
  } catch (error) {
    const code = errnoOf(error)
    if (code === 'EEXIST') throw exists(path)
    // File systems without hard links (vfat, some network ones).
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP') throw error
    await refuseExisting(path)
    await rename(temporary, path)
  }
}

/** Makes the names in a directory durable. */
export async function syncDir(dir: string): Promise<void> {
  const handle = await open(dir, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Says who makes it: pid and start time are one process, for good. */
function temporaryName(): string {
  const own = identify(process.pid)
  const random = randomBytes(6).toString('hex')
  return `${ownPrefix}${process.pid}-${own?.startTime ?? 0}-${random}.new`
}

const temporaryPattern = /^\.polyvirt-(\d+)-(\d+)-[0-9a-f]{12}\.new$/

/** Removes what dead processes have left in a directory; what a live one makes stays. */
export async function removeLeftovers(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    const [, pid, startTime] = temporaryPattern.exec(name) ?? []
    if (pid === undefined) continue
    if (identify(Number(pid))?.startTime === Number(startTime)) continue
    await unlink(`${dir}/${name}`).catch(() => undefined)
  }
}
