import type { CaseResult, Evidence, Failure } from '@polyvirt/conformance-report'
import { setTimeout } from 'node:timers/promises'
import { NotTried } from '../not-tried.ts'
import { bounded } from './bounded-evidence.ts'
import type { CaseHead, ConformanceCase } from './conformance-case.ts'

export interface TryOptions {
  readonly signal: AbortSignal
  readonly progress: (line: string) => void
}

/** What is stopped gets this long to tidy up. */
const tidyMs = 15_000

/** Tries one case to its end. Nothing is thrown: what goes wrong is the result. */
export async function tryCase(
  one: ConformanceCase,
  { signal, progress }: TryOptions,
): Promise<CaseResult> {
  if (one.notRun !== undefined) return resultOf(one, { outcome: 'not-run', reason: one.notRun })
  if (signal.aborted) return resultOf(one, { outcome: 'not-run', reason: stopped })
  const started = performance.now()
  const limit = AbortSignal.timeout(one.timeoutMs)
  const either = AbortSignal.any([signal, limit])
  let evidence: Evidence = {}
  const leave = (more: Evidence): void => void (evidence = { ...evidence, ...bounded(more) })
  let failure: Failure | undefined
  let notTried: NotTried | undefined
  try {
    await orAborted(Promise.resolve(one.run({ signal: either, leave, progress })), either)
  } catch (error) {
    if (error instanceof NotTried) notTried = error
    else failure = failureOf(error)
  }
  const durationMs = Math.round(performance.now() - started)
  const kept = Object.keys(evidence).length > 0 ? { evidence } : {}
  if (notTried !== undefined)
    return resultOf(one, { outcome: 'not-run', reason: notTried.message, durationMs, ...kept })
  if (failure === undefined) {
    const [refusal] = one.face === 'refused' ? (evidence.refusal ?? []) : []
    const reason = refusal && { reason: `${refusal.code}: ${refusal.message.split('\n', 1)[0]}` }
    return resultOf(one, { outcome: 'passed', durationMs, ...reason, ...kept })
  }
  // How far it got stays with it: hours may have gone into that.
  if (signal.aborted)
    return resultOf(one, { outcome: 'not-run', reason: stopped, durationMs, ...kept })
  if (limit.aborted) {
    const message = `it was stopped after ${one.timeoutMs / 1000} s: ${failure.message}`
    failure = { ...failure, message }
  }
  return resultOf(one, { outcome: 'failed', failure, durationMs, ...kept })
}

const stopped = 'the run was stopped'

/** A case that does not even stop is left behind, so that the run ends. */
async function orAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const ended = new AbortController()
  const aborted = async (): Promise<never> => {
    await new Promise((resolve) => {
      if (signal.aborted) resolve(undefined)
      signal.addEventListener('abort', resolve, { once: true, signal: ended.signal })
    })
    await setTimeout(tidyMs, undefined, { signal: ended.signal, ref: false })
    throw new Error('it does not stop')
  }
  try {
    await Promise.race([work, aborted()])
  } finally {
    ended.abort()
  }
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { message: String(error) }
  return { message: error.message, ...(error.stack === undefined ? {} : { stack: error.stack }) }
}

type Ending = Pick<CaseResult, 'outcome'> &
  Partial<Pick<CaseResult, 'reason' | 'failure' | 'durationMs' | 'evidence'>>

const resultOf = (
  { id, arch, guest, machine, tier, scenario, title, face }: CaseHead,
  ending: Ending,
): CaseResult => ({
  ...{ id, arch, guest, machine, tier, scenario, title, face },
  durationMs: 0,
  ...ending,
})
