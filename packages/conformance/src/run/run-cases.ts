import { availableParallelism } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import type { CaseResult, Tier } from '@polyvirt/conformance-report'
import type {
  CaseGroup,
  CaseHead,
  ConformanceCase,
  ConformanceEvent,
  Counts,
} from './conformance-case.ts'
import type { RunConformanceOptions } from './run-options.ts'
import { timeLeft } from './time-left.ts'
import { tryCase } from './try-case.ts'

export type RunCasesOptions = Pick<
  RunConformanceOptions,
  'concurrency' | 'signal' | 'onEvent' | 'durationsMs' | 'evidence'
>

/** Tiers that share a limit, in the order in which they are run: what is cheap fails first. */
const phases: readonly (readonly Tier[])[] = [
  ['laws', 'model', 'golden'],
  ['live'],
  ['guest'],
  ['nested'],
]

/**
 * Tries all of these cases and gives what became of each, in their order. An abort ends the run
 * early: those that were not tried say so.
 */
export async function runCases(
  cases: readonly ConformanceCase[],
  options: RunCasesOptions = {},
): Promise<readonly CaseResult[]> {
  const { durationsMs = new Map() } = options
  // Every case that runs listens to it, which is no leak.
  const stop = new AbortController()
  const forward = (): void => stop.abort(options.signal?.reason)
  if (options.signal?.aborted === true) forward()
  options.signal?.addEventListener('abort', forward, { once: true })

  const atATime = limitsOf(options)
  const left = timeLeft(durationsMs, atATime)
  const open = new Set(cases)
  const results = new Map<ConformanceCase, CaseResult>()
  let counts: Counts = { passed: 0, failed: 0, notRun: 0 }

  const tell = (event: ConformanceEvent): void => {
    try {
      options.onEvent?.(event)
    } catch (error) {
      // Nothing of the run may go on behind the back of a listener that has given up.
      stop.abort(error)
      throw error
    }
  }
  const tryOne = async (one: ConformanceCase): Promise<void> => {
    tell({ kind: 'started', case: headOf(one) })
    const progress = (line: string): void => tell({ kind: 'progress', id: one.id, line })
    const tried = await tryCase(one, { signal: stop.signal, progress })
    const result = options.evidence === 'failed' ? withoutPassed(tried) : tried
    results.set(one, result)
    open.delete(one)
    if (result.outcome !== 'not-run') left.took(one, result.durationMs)
    counts = counted(counts, result)
    const remainingMs = left.of(open)
    const event: ConformanceEvent = {
      kind: 'finished',
      case: result,
      done: results.size,
      total: cases.length,
      counts,
      ...(remainingMs === undefined ? {} : { remainingMs }),
    }
    tell(event)
  }

  tell({ kind: 'planned', total: cases.length, groups: groupsOf(cases) })
  try {
    for (const phase of phases) {
      const [first] = phase
      const limit = first === undefined ? 1 : atATime(first)
      await inParallel(
        longestFirst(
          cases.filter(({ tier }) => phase.includes(tier)),
          durationsMs,
        ),
        limit,
        tryOne,
      )
    }
  } finally {
    options.signal?.removeEventListener('abort', forward)
  }
  return cases.flatMap((one) => results.get(one) ?? [])
}

function limitsOf({ concurrency = {} }: RunCasesOptions): (tier: Tier) => number {
  const cores = availableParallelism()
  const live = concurrency.live ?? cores
  // A guest has two processors and keeps one busy: most of its time, one waits for the other.
  const guest = concurrency.guest ?? cores
  // A host takes 4 GiB, and both of its processors are busy: one at a time.
  const limits: Readonly<Partial<Record<Tier, number>>> = { live, guest, nested: 1 }
  return (tier) => Math.max(1, limits[tier] ?? 1)
}

/** What takes longest is begun first, so that no hand is left alone with it at the end. */
function longestFirst(
  cases: readonly ConformanceCase[],
  durationsMs: ReadonlyMap<string, number>,
): readonly ConformanceCase[] {
  const expected = ({ id, timeoutMs }: ConformanceCase): number => durationsMs.get(id) ?? timeoutMs
  return cases.toSorted((a, b) => expected(b) - expected(a))
}

/** Works through a list with so many hands; all of them have stopped when this settles. */
async function inParallel<T>(
  list: readonly T[],
  hands: number,
  work: (one: T) => Promise<void>,
): Promise<void> {
  const rest = list.values()
  const hand = async (): Promise<void> => {
    for (const one of rest) {
      await work(one)
      // Planning never waits for anything: a key that is pressed must get its turn.
      await setImmediate()
    }
  }
  const all = Array.from({ length: Math.min(hands, list.length) }, hand)
  const ended = await Promise.allSettled(all)
  const failed = ended.find((one) => one.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

function headOf(one: ConformanceCase): CaseHead {
  const { run: _, ...head } = one
  return head
}

const withoutPassed = (result: CaseResult): CaseResult => {
  if (result.outcome === 'failed') return result
  const { evidence: _, ...rest } = result
  return rest
}

const counted = ({ passed, failed, notRun }: Counts, { outcome }: CaseResult): Counts => ({
  passed: passed + Number(outcome === 'passed'),
  failed: failed + Number(outcome === 'failed'),
  notRun: notRun + Number(outcome === 'not-run'),
})

function groupsOf(cases: readonly ConformanceCase[]): readonly CaseGroup[] {
  const totals = new Map<string, CaseGroup>()
  for (const { guest, machine, tier } of cases) {
    const key = `${guest}/${machine}/${tier}`
    const total = (totals.get(key)?.total ?? 0) + 1
    totals.set(key, { guest, machine, tier, total })
  }
  return [...totals.values()]
}
