import type { CaseResult, ConformanceRun } from './results.ts'

export interface NotRunReason {
  readonly reason: string
  readonly count: number
  /** Where it held: `ppc64le/pseries/guest`, each once. */
  readonly places: readonly string[]
}

/** Why cases were not run: each reason once, the one that cost most first. */
export function notRunReasons({ cases }: Pick<ConformanceRun, 'cases'>): readonly NotRunReason[] {
  const left = cases.filter(({ outcome }) => outcome === 'not-run')
  const groups = Map.groupBy(left, ({ reason }) => reason ?? 'no reason was given')
  return [...groups]
    .map(([reason, own]) => ({
      reason,
      count: own.length,
      places: [...new Set(own.map(placeOf))],
    }))
    .toSorted((one, other) => other.count - one.count)
}

const placeOf = ({ guest, machine, tier }: CaseResult): string => `${guest}/${machine}/${tier}`
