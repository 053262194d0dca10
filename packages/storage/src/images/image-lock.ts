import { domainError, printable, quote } from '@polyvirt/core/driver'
import { describeUsers, imageUsers } from './image-users.ts'

/** How long QEMU's tool may take to open a file. */
const openMs = 30_000

/**
 * Holds QEMU's own lock of an image while `work` changes the file: no guest that has it open for
 * reading or writing gets in the way, and none can start with it meanwhile.
 *
 * Node has no such locks (open file descriptions, F_OFD_SETLK), so QEMU's tool holds it: it opens the
 * file as raw bytes for writing, and nothing is written through it. The lock ends with that process,
 * and that ends when its input does, even where this one is killed.
 *
 * @throws DomainError `ERR_OPERATION_INVALID` that names who uses the image.
 */
export async function holdImage<T>(path: string, what: string, work: () => Promise<T>): Promise<T> {
  const sharing = await imageUsers(path)
  if (sharing.length > 0) throw inUse(what, describeUsers(sharing))
  const { execa } = await import('execa')
  const holder = execa('qemu-io', ['-f', 'raw', path], {
    cwd: '/',
    env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
    extendEnv: false,
    preferLocal: false,
    stdin: 'pipe',
    reject: false,
    maxBuffer: 65_536,
  })
  try {
    const opened = new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), openMs)
      holder.stdout.once('data', () => settle(true))
      const settle = (yes: boolean): void => {
        clearTimeout(timer)
        resolve(yes)
      }
      void holder.then(() => settle(false))
    })
    if (!(await opened)) throw await refusal(holder, path, what)
    return await work()
  } finally {
    holder.stdin.end('quit\n')
    await holder
  }
}

interface Holder extends PromiseLike<{
  readonly code?: string | undefined
  readonly stderr: string
}> {
  kill(): boolean
}

async function refusal(holder: Holder, path: string, what: string): Promise<Error> {
  holder.kill()
  const { code, stderr } = await holder
  if (code === 'ENOENT') {
    const message = `qemu-io is not installed: apt-get install qemu-utils`
    return domainError('ERR_OPERATION_FAILED', message)
  }
  if (isLockFailure(stderr)) return inUse(what, describeUsers(await imageUsers(path)))
  const why = printable(stderr.trim().split('\n').at(-1) ?? '')
  return domainError('ERR_OPERATION_FAILED', `cannot open ${quote(path, 200)}: ${why}`)
}

/** QEMU's words for a lock that somebody else holds (block/file-posix.c). */
export function isLockFailure(stderr: string): boolean {
  return /Failed to get (?:shared )?"[^"]*" lock/.test(stderr)
}

/** @param by Who uses it; empty where that cannot be seen. */
export function inUse(what: string, by: string): Error {
  const who = by === '' ? 'another process' : by
  return domainError('ERR_OPERATION_INVALID', `${what} is in use by ${who}`)
}
