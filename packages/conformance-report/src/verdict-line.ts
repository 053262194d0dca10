import type { ConformanceRun } from './results.ts'
import { tally, type Counts } from './tally.ts'

/** The verdict of a run in numbers: `1213 passed, 2 failed, 14 not run`. */
export const verdictLine = (run: ConformanceRun): string => {
  const line = countsLine(tally(run).all)
  return run.interrupted === true ? `${line}, stopped before its end` : line
}

export const countsLine = ({ passed, failed, notRun }: Counts): string =>
  `${passed} passed, ${failed} failed, ${notRun} not run`
