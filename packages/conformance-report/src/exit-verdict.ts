import type { ConformanceRun } from './results.ts'
import { tally } from './tally.ts'

export type Verdict = 'passed' | 'failed'

/**
 * What a command that ran the suite ends with. A run in which nothing could be tried, or which was
 * stopped before its end, has shown nothing and does not pass.
 */
export function exitVerdict(run: ConformanceRun): Verdict {
  const { passed, failed } = tally(run).all
  return failed > 0 || passed === 0 || run.interrupted === true ? 'failed' : 'passed'
}
