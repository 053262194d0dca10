import { firstLine } from './first-line.ts'
import type { CaseResult, ConformanceRun } from './results.ts'

export interface FailureGroup {
  /** First line of the message. */
  readonly message: string
  readonly cases: readonly CaseResult[]
}

/** What failed, by message: one cause often fails many cases. The largest group is first. */
export function failureGroups({ cases }: Pick<ConformanceRun, 'cases'>): readonly FailureGroup[] {
  const failed = cases.filter(({ outcome }) => outcome === 'failed')
  const groups = Map.groupBy(failed, (one) =>
    firstLine(one.failure?.message ?? one.reason ?? 'failed without a message'),
  )
  return [...groups]
    .map(([message, own]) => ({ message, cases: own }))
    .toSorted((one, other) => other.cases.length - one.cases.length)
}
