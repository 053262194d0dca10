import { closeSync, constants, fstatSync, openSync, readSync, statfsSync, writeSync } from 'node:fs'
import { constants as os } from 'node:os'
import { domainError, printable, quote } from '../errors.ts'
import { rotateLog } from './rotate-log.ts'

/** A log that is open for a child, and where this run's part of it begins. */
export interface OpenLog {
  readonly fd: number
  readonly path: string
  readonly start: number
}

/** How much of a log goes into an error. */
const tailBytes = 1024

/** Opens a log for appending, 0600; refuses links and anything but a regular file. */
export function openLog(path: string): OpenLog {
  rotateLog(path)
  const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants
  let fd: number
  try {
    // O_NONBLOCK: opening a FIFO for writing would wait for a reader.
    fd = openSync(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK, 0o600)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    throw domainError('ERR_SYSTEM_ERROR', `cannot open the log ${quote(path, 200)}: ${code}`, {
      cause,
    })
  }
  const found = fstatSync(fd)
  if (found.isFile()) return { fd, path, start: found.size }
  closeSync(fd)
  throw domainError('ERR_SYSTEM_ERROR', `the log ${quote(path, 200)} is not a regular file`)
}

/**
 * Why nothing can be written to a log that is there, such as a full disk; its writer has said nothing then.
 * Where all is well, the log has an empty line more.
 */
export function whyNotWritten(path: string): Error | undefined {
  try {
    const { O_WRONLY, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants
    const fd = openSync(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK)
    try {
      writeSync(fd, '\n')
    } finally {
      closeSync(fd)
    }
    // The last of a disk may be root's alone.
    return statfsSync(path).bavail === 0 ? diskFull() : undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : (error as Error)
  }
}

function diskFull(): Error {
  const said = { code: 'ENOSPC', errno: -os.errno.ENOSPC, syscall: 'write' }
  return Object.assign(new Error('ENOSPC: no space left on device, write'), said)
}

/** The last lines since `start`, at most 1 KiB, safe to print; empty where there are none. */
export function logTail(path: string, start = 0): string {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      const { size } = fstatSync(fd)
      const from = Math.max(start, size - tailBytes)
      const buffer = Buffer.alloc(Math.max(0, size - from))
      const text = buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, from)).toString('utf8')
      // The first line is cut where the log is longer than the tail.
      const whole = from > start && text.includes('\n') ? text.slice(text.indexOf('\n') + 1) : text
      const lines = whole.split('\n').map((line) => printable(line.replace(/\r$/, '')))
      return lines
        .filter((line) => line !== '')
        .join('\n')
        .slice(-tailBytes)
    } finally {
      closeSync(fd)
    }
  } catch {
    return ''
  }
}
