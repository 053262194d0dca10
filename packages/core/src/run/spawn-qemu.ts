import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync } from 'node:fs'
import type { Socket } from 'node:net'
import { domainError, quote } from '../errors.ts'
import type { DomainError } from '../errors.ts'
import { checkEmulator } from './check-emulator.ts'
import type { CheckEmulatorOptions } from './check-emulator.ts'
import { logTail, openLog, whyNotWritten } from './log-file.ts'
import { identify } from './process-identity.ts'
import type { ProcessIdentity } from './process-identity.ts'
import { systemReason } from './system-reason.ts'

export interface SpawnQemuOptions extends CheckEmulatorOptions {
  readonly emulator: string
  /** Arguments, without the program. */
  readonly args: readonly string[]
  /** The whole environment of the child; nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>
  /** Gets QEMU's stdout and stderr, appended. */
  readonly log: string
  /**
   * Program and arguments that execute the emulator in their place, keeping the pid, such as
   * `setpriv --no-new-privs --`.
   */
  readonly launcher?: readonly [string, ...string[]]
  /** Gives QEMU one end of a socket pair, as its descriptor {@link pairFd}. */
  readonly pair?: boolean
  /** Open descriptors for QEMU, which has them from {@link firstInherited} on; not together with `pair`. */
  readonly inherit?: readonly number[]
}

/** The first of the descriptors that QEMU inherits, in QEMU. */
export const firstInherited = 3

/** The descriptor of the socket that is shared with QEMU, in QEMU. */
export const pairFd = 3

/** How a process ended. */
export type ProcessExit =
  | { readonly code: number; readonly signal?: undefined }
  | { readonly code?: undefined; readonly signal: string }

/** A QEMU that was just started; it goes on when this process ends. */
export interface SpawnedQemu {
  readonly identity: ProcessIdentity
  /** Settles when QEMU ends while this process lives. */
  readonly exited: Promise<ProcessExit>
  /** The exit as an error with QEMU's last words; undefined while it runs. */
  exitError(): DomainError | undefined
  /** Our end of the socket pair, where one was asked for. */
  readonly pair?: Socket
}

/**
 * Starts QEMU in a session of its own: no shell, no inherited environment or file descriptor, and
 * no tie to this process. The emulator is checked before it is executed.
 */
export async function spawnQemu(options: SpawnQemuOptions): Promise<SpawnedQemu> {
  const emulator = await checkEmulator(options.emulator, options)
  for (const text of [...options.args, ...Object.values(options.environment)]) checkArgument(text)
  const log = openLog(options.log)
  const [program, ...prefix] = [...(options.launcher ?? []), emulator] as [string, ...string[]]
  const further = options.pair === true ? (['pipe'] as const) : (options.inherit ?? [])
  let child: ChildProcess
  try {
    child = withPrivateUmask(() =>
      spawn(program, [...prefix, ...options.args], {
        // QEMU shall outlive this process.
        detached: true,
        cwd: '/',
        env: { ...options.environment },
        stdio: ['ignore', log.fd, log.fd, ...further],
      }),
    )
    if (child.pid === undefined) throw await whyNotSpawned(child)
  } catch (cause) {
    throw spawnError(cause, emulator)
  } finally {
    closeSync(log.fd)
  }
  child.unref()
  let exit: ProcessExit | undefined
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('exit', (code, signal) => {
      exit = signal === null ? { code: code ?? -1 } : { signal }
      resolve(exit)
    })
  })
  // A child that has ended already is a zombie here: the event loop has not run since.
  const identity = identify(child.pid) ?? { pid: child.pid, startTime: -1, bootId: '' }
  // Node makes such a pipe a pair of unix sockets, readable and writable at both ends.
  const pair = options.pair === true ? (child.stdio[pairFd] as Socket | undefined) : undefined
  return {
    identity,
    exited,
    ...(pair && { pair }),
    exitError: () => (exit === undefined ? undefined : exitError(options.emulator, exit, log)),
  }
}

function exitError(
  emulator: string,
  exit: ProcessExit,
  log: { readonly path: string; readonly start: number },
): DomainError {
  const how = exit.signal === undefined ? `with status ${exit.code}` : `by signal ${exit.signal}`
  const words = logTail(log.path, log.start)
  const cause = words === '' ? whyNotWritten(log.path) : undefined
  const said =
    cause === undefined
      ? ' said nothing'
      : ` had nowhere to say why: its log ${quote(log.path, 200)} cannot be written: ${systemReason(cause)}`
  return domainError(
    'ERR_INTERNAL_ERROR',
    `process exited ${how}: ${quote(emulator, 200)}${words === '' ? said : `: ${words}`}`,
    { ...(cause && { cause }) },
  )
}

/** The kernel takes no longer argument (MAX_ARG_STRLEN), and a NUL would cut one. */
function checkArgument(text: string): void {
  if (text.includes('\0')) {
    throw domainError('ERR_INVALID_ARG', `NUL in the argument ${quote(text)}`)
  }
  if (Buffer.byteLength(text) >= 131_072) {
    throw domainError('ERR_INVALID_ARG', `an argument of 128 KiB or more: ${quote(text)}`)
  }
}

/** A child takes over the umask of its parent at the fork; there is no other way to give it one. */
function withPrivateUmask<T>(spawn: () => T): T {
  const before = privateUmask()
  if (before === undefined) return spawn()
  try {
    return spawn()
  } finally {
    process.umask(before)
  }
}

/** The umask before; undefined where only the main thread may change it, whose worker this is. */
function privateUmask(): number | undefined {
  try {
    return process.umask(0o077)
  } catch {
    // A worker's caller relies on the 0700 directories.
    return undefined
  }
}

/** Node throws some errors of a spawn and tells others as an event. */
async function whyNotSpawned(child: ChildProcess): Promise<unknown> {
  const [error] = (await once(child, 'error')) as [unknown]
  return error
}

function spawnError(cause: unknown, emulator: string): DomainError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return domainError(
    'ERR_INTERNAL_ERROR',
    `cannot execute ${quote(emulator, 200)}: ${quote(why, 200)}`,
    { cause },
  )
}
