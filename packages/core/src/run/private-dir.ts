import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import type { Stats } from 'node:fs'
import { rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { domainError, quote } from '../errors.ts'
import { makeFolders } from './make-folders.ts'
import { systemReason } from './system-reason.ts'

/** The one call here that waits for a disk. */
const sync = promisify(fsync)

export interface PrivateDirOptions {
  /**
   * Another user of ours may go through it to what is its own in there, and neither list nor change
   * it: mode 0711. One that is 0700 is opened so far, and never closed again.
   */
  readonly passable?: boolean
  /** Whose it becomes where it is made. */
  readonly owner?: { readonly uid: number; readonly gid: number }
}

/**
 * Makes a directory that only this user can enter, or checks that the one there is such.
 *
 * Every command makes some, and a call of the system takes a hundredth of the time that another thread
 * takes for it.
 */
export async function makePrivateDir(path: string, options: PrivateDirOptions = {}): Promise<void> {
  const { passable = false, owner } = options
  try {
    // Whatever the umask: a caller's own may leave a folder that its owner cannot enter.
    const first = makeFolders(path, 0o700)
    if (first !== undefined) openToOwner(first, path)
  } catch (error) {
    throw systemError(`cannot make the directory ${quote(path, 200)}`, error)
  }
  if (owner !== undefined) return chownSync(path, owner.uid, owner.gid)
  await checkPrivateDir(path)
  if (passable) chmodSync(path, 0o711)
}

/** Folders that were just made, from the first on the way to the last. */
function openToOwner(first: string, last: string): void {
  for (let at = resolve(last); at.length >= first.length; at = dirname(at)) chmodSync(at, 0o700)
}

/**
 * Refuses a directory that someone else owns, or could put files into: whatever lies in it cannot
 * be trusted. Reading by others is refused, too, for it holds passwords and sockets.
 */
export async function checkPrivateDir(path: string): Promise<void> {
  let found: Stats
  try {
    found = lstatSync(path)
  } catch (error) {
    throw systemError(`cannot look at the directory ${quote(path, 200)}`, error)
  }
  const shown = quote(path, 200)
  const refuse = (what: string, way: string): never => {
    throw domainError('ERR_OPERATION_INVALID', `${shown} ${what}: ${way}`)
  }
  if (found.isSymbolicLink()) refuse('is a symbolic link', 'give the directory itself')
  if (!found.isDirectory()) refuse('is not a directory', 'remove it or give another path')
  const uid = process.geteuid?.() ?? 0
  if (found.uid !== uid) {
    refuse(`belongs to uid ${found.uid}, not to uid ${uid}`, 'give a directory of your own')
  }
  // Mode 0711 shows nothing and takes nothing: it is how QEMU's own user gets to its files.
  if ((found.mode & 0o066) !== 0 || ((found.mode & 0o011) !== 0 && uid !== 0)) {
    const mode = (found.mode & 0o777).toString(8).padStart(4, '0')
    refuse(`is open to other users (mode ${mode})`, 'chmod 0700 it')
  }
}

/**
 * Replaces a file so that a reader, or the next boot, finds the old or the new content, whole.
 * The file is 0600. Nothing is left behind by a failure.
 *
 * `durable: false` is for what may be lost with the machine's power: it saves waiting for the disk.
 */
export async function writePrivateFile(
  path: string,
  data: string | Uint8Array,
  { durable = true }: { readonly durable?: boolean } = {},
): Promise<void> {
  const random = Math.floor(Math.random() * 2 ** 48).toString(36)
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}-${random}.new`)
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants
  try {
    const file = openSync(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
    try {
      fchmodSync(file, 0o600)
      writeFileSync(file, data)
      if (durable) await sync(file)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, path)
    if (durable) await syncDir(dirname(path))
  } catch (error) {
    rmSync(temporary, { force: true })
    throw systemError(`cannot write ${quote(path, 200)}`, error)
  }
}

/**
 * A file that this user wrote; someone else's could claim anything. Rejects what is no plain file, or
 * has more bytes.
 */
export async function readOwnFile(path: string, maxBytes: number): Promise<string> {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const found = fstatSync(file)
    if (!found.isFile() || found.size > maxBytes || found.uid !== process.geteuid?.()) {
      throw new TypeError(`${path} is not a file of our own`)
    }
    return readFileSync(file, 'utf8')
  } finally {
    closeSync(file)
  }
}

/** Removes a directory and what is in it; links are removed, not followed. Twice is fine. */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true })
  } catch (error) {
    throw systemError(`cannot remove ${quote(path, 200)}`, error)
  }
}

/** Makes the names in a directory durable. */
export async function syncDir(path: string): Promise<void> {
  const dir = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    await sync(dir)
  } finally {
    closeSync(dir)
  }
}

function systemError(what: string, cause: unknown): Error {
  return domainError('ERR_SYSTEM_ERROR', `${what}: ${systemReason(cause)}`, { cause })
}
