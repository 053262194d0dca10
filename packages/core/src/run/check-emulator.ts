import { closeSync, openSync, readSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute } from 'node:path'
import { domainError, quote } from '../errors.ts'

export interface CheckEmulatorOptions {
  /** Programs that are emulators although their name does not say so. */
  readonly allowed?: readonly string[]
}

/** Names of emulators: `qemu-system-…`, `qemu-kvm`, `kvm`, `kvm-spice`. */
const emulatorName = /(?:^|[-_.])(?:qemu|kvm)(?:$|[-_.])/

/**
 * Looks at an emulator before it is ever executed: a document may name any file, and being named
 * must not make it run. Resolves to the file itself, behind all links; that one is to be executed.
 */
export async function checkEmulator(
  path: string,
  options: CheckEmulatorOptions = {},
): Promise<string> {
  const refuse = (reason: string): never => {
    throw domainError('ERR_CONFIG_UNSUPPORTED', `emulator ${quote(path, 200)} ${reason}`)
  }
  if (path === '') refuse('is an empty path')
  if (path.includes('\0')) refuse('has a NUL in its path')
  if (!isAbsolute(path)) refuse('is not an absolute path')
  const real =
    realPath(path) ?? refuse('does not exist; leave <emulator> out, and the installed one is found')
  const file = statSync(real)
  if (!file.isFile()) refuse('is not a regular file')
  if ((file.mode & 0o111) === 0) refuse('is not executable')
  if ((file.mode & 0o6000) !== 0)
    refuse('is setuid or setgid: polyvirt never runs such an emulator')
  if ((file.mode & 0o022) !== 0) refuse('can be changed by other users: chmod go-w it')
  if (!isTrustedOwner(file.uid)) refuse(`belongs to uid ${file.uid}, neither root nor you`)
  const open = firstOpenDir(dirname(real))
  if (open !== undefined) refuse(`can be replaced by other users: look at ${quote(open, 200)}`)
  const listed =
    options.allowed?.includes(path) === true || options.allowed?.includes(real) === true
  // What is executed is the file behind all links, so its name is the one that counts.
  if (!listed && !emulatorName.test(basename(real))) {
    refuse('is no emulator by its name: use qemu-system-…, or allow the path in the configuration')
  }
  // execvp() gives a text file without #! to a shell, line by line.
  if (!isProgram(real)) refuse('is neither an ELF program nor a script with #!')
  return real
}

function isTrustedOwner(uid: number): boolean {
  return uid === 0 || uid === process.geteuid?.()
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync.native(path)
  } catch {
    return undefined
  }
}

/** The directory on the way whose owner, or everybody, could put another file in its place. */
function firstOpenDir(path: string): string | undefined {
  const found = statSync(path)
  const anyone = (found.mode & 0o002) !== 0 && (found.mode & 0o1000) === 0
  if (anyone || !isTrustedOwner(found.uid)) return path
  return path === '/' ? undefined : firstOpenDir(dirname(path))
}

function isProgram(path: string): boolean {
  const file = openSync(path, 'r')
  try {
    const head = Buffer.alloc(4)
    const read = readSync(file, head, 0, 4, 0)
    const start = head.subarray(0, read).toString('latin1')
    return start === '\x7fELF' || start.startsWith('#!')
  } finally {
    closeSync(file)
  }
}
