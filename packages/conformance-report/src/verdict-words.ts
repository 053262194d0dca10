import { exitVerdict, type Verdict } from './exit-verdict.ts'
import type { ConformanceRun } from './results.ts'
import { tally } from './tally.ts'

export interface VerdictWords {
  readonly verdict: Verdict
  /** One short sentence, numbers included. */
  readonly sentence: string
}

/** The verdict as a person would say it. */
export function verdictWords(run: ConformanceRun): VerdictWords {
  const { passed, failed, notRun } = tally(run).all
  const verdict = exitVerdict(run)
  const tried = passed + failed
  const stopped = run.interrupted === true ? ' before it was stopped' : ''
  if (tried === 0) return { verdict, sentence: 'Nothing could be tried' }
  if (failed > 0) return { verdict, sentence: `${failed} of ${cases(tried)} failed${stopped}` }
  if (run.interrupted === true) return { verdict, sentence: `${cases(passed)} passed${stopped}` }
  return { verdict, sentence: `${notRun === 0 ? 'All ' : ''}${cases(passed)} passed` }
}

const cases = (count: number): string => (count === 1 ? '1 case' : `${count} cases`)
