import { domainError } from '../errors.ts'
import { MonitorError } from '../qmp/index.ts'
import type { EmulatorIdentity } from './emulator-identity.ts'
import { readKept, writeKept } from './kept-answers.ts'
import type { KeptAnswers } from './kept-answers.ts'

/**
 * How long an emulator that did not answer is left alone, in milliseconds. One that hangs costs the
 * whole time limit of a probe; what failed for want of memory may work a minute later.
 */
const quietMs = 60_000

/**
 * Asks an emulator, unless it has just failed to answer: that is an answer, too, with its reason and
 * its age. A change of the emulator or of the machine asks again.
 */
export async function askUnlessFailed<T>(
  identity: EmulatorIdentity,
  cacheDir: string | undefined,
  ask: () => Promise<T>,
): Promise<T> {
  if (cacheDir === undefined) return ask()
  const before = await readFailure(cacheDir, identity)
  if (before !== undefined) {
    const seconds = Math.round((Date.now() - before.atMs) / 1000)
    throw domainError(
      'ERR_INTERNAL_ERROR',
      `${before.message} (found ${seconds} s ago; it is asked again after ${quietMs / 1000} s, or when it changes)`,
    )
  }
  try {
    return await ask()
  } catch (error) {
    if (isOfEmulator(error)) await writeFailure(cacheDir, identity, error)
    throw error
  }
}

/**
 * Whether a failure tells something of the emulator. Who gave up has learned nothing, nor has one whom the
 * system let nobody ask.
 */
export function isOfEmulator(error: unknown): boolean {
  if (error instanceof MonitorError) return error.failure !== 'aborted'
  return !(error instanceof Error) || (!('syscall' in error) && isOfEmulator(error.cause))
}

interface Failure {
  readonly message: string
  readonly atMs: number
}

const answersIn = (dir: string): KeptAnswers => ({ dir, kind: 'failed', format: 1 })

async function readFailure(dir: string, identity: EmulatorIdentity): Promise<Failure | undefined> {
  const { message, atMs } = (await readKept(answersIn(dir), identity)) ?? {}
  if (typeof message !== 'string' || typeof atMs !== 'number') return undefined
  // A clock that was set back would make it last for ever.
  const ageMs = Date.now() - atMs
  return ageMs >= 0 && ageMs < quietMs ? { message, atMs } : undefined
}

async function writeFailure(
  dir: string,
  identity: EmulatorIdentity,
  error: unknown,
): Promise<void> {
  const text = error instanceof Error ? error.message : String(error)
  const failure: Failure = { message: text.replace(/^internal error: /, ''), atMs: Date.now() }
  await writeKept(answersIn(dir), identity, { ...failure })
}
