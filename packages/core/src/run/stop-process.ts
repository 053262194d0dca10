import { setTimeout as sleep } from 'node:timers/promises'
import { domainError } from '../errors.ts'
import { isAlive, processState } from './process-identity.ts'
import type { ProcessIdentity } from './process-identity.ts'

export interface StopOptions {
  /** How long SIGTERM may take; 10 s. */
  readonly termMs?: number
  /** How long SIGKILL may take; 5 s. */
  readonly killMs?: number
  /** Only SIGTERM; gives up where that does not do. */
  readonly graceful?: boolean
  /** Who is stopped, for messages: `domain 'x'`. */
  readonly what?: string
}

/** What it took. */
export type StopResult = 'already gone' | 'terminated' | 'killed'

const pollMs = 20

/**
 * The kill ladder: SIGTERM, then SIGKILL, then an error. Each signal is sent only after the
 * process was found to be the one that is meant; another one with its pid is left alone.
 */
export async function stopProcess(
  identity: ProcessIdentity,
  options: StopOptions = {},
): Promise<StopResult> {
  const { termMs = 10_000, killMs = 5_000, graceful = false, what = 'the process' } = options
  if (!signalProcess(identity, 'SIGTERM')) return 'already gone'
  if (await isGoneWithin(identity, termMs)) return 'terminated'
  if (graceful) {
    throw domainError(
      'ERR_OPERATION_TIMEOUT',
      `${what} (pid ${identity.pid}) did not end within ${termMs / 1000} s of SIGTERM`,
    )
  }
  if (!signalProcess(identity, 'SIGKILL')) return 'terminated'
  if (await isGoneWithin(identity, killMs)) return 'killed'
  const state = processState(identity)
  if (state === undefined) return 'killed'
  throw domainError(
    'ERR_OPERATION_FAILED',
    `${what} (pid ${identity.pid}) did not end within ${killMs / 1000} s of SIGKILL: it is in ` +
      (state === 'D' ? 'uninterruptible sleep, waiting for the kernel' : `state ${state}`),
  )
}

/** Sends a signal to exactly this process; false where it is gone. */
export function signalProcess(identity: ProcessIdentity, signal: 'SIGTERM' | 'SIGKILL'): boolean {
  if (identity.pid === process.pid || !isAlive(identity)) return false
  try {
    // Node has no pidfd, so a pid reused within these microseconds is the one gap that is left.
    process.kill(identity.pid, signal)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false
    throw domainError('ERR_SYSTEM_ERROR', `cannot send ${signal} to pid ${identity.pid}`, {
      cause: error,
    })
  }
}

async function isGoneWithin(identity: ProcessIdentity, limitMs: number): Promise<boolean> {
  const deadline = performance.now() + limitMs
  while (isAlive(identity)) {
    const leftMs = deadline - performance.now()
    if (leftMs <= 0) return false
    await sleep(Math.min(pollMs, leftMs))
  }
  return true
}
