import type { ConformanceRun } from './results.ts'

/** The cases that failed, for a run of those alone. */
export const failedIds = ({ cases }: Pick<ConformanceRun, 'cases'>): readonly string[] =>
  cases.flatMap(({ id, outcome }) => (outcome === 'failed' ? [id] : []))
