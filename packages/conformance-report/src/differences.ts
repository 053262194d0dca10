import type { CaseResult, ConformanceRun, Outcome } from './results.ts'

/** A case that did not come out alike in all runs. */
export interface Difference {
  readonly id: string
  /** One per run, in their order; undefined where a run has no such case. */
  readonly cases: readonly (CaseResult | undefined)[]
}

/** What came out the same way differently: passed here and failed there, refused here and there not. */
export interface DifferenceGroup {
  /** One per run: `passed`, `refused` (as it should be), `failed`, `not run`, `absent`. */
  readonly words: readonly DifferenceWord[]
  readonly differences: readonly Difference[]
}

export type DifferenceWord = 'passed' | 'refused' | 'failed' | 'not run' | 'absent'

const outcomeWords: Readonly<Record<Outcome, DifferenceWord>> = {
  passed: 'passed',
  failed: 'failed',
  'not-run': 'not run',
}

/**
 * How runs differ, case by case, grouped; what failed somewhere is first, then what is most often.
 * A case that only some runs have counts too: a tier that was not asked for is `absent`.
 */
export function differencesOf(runs: readonly ConformanceRun[]): readonly DifferenceGroup[] {
  const maps = runs.map(({ cases }) => new Map(cases.map((one) => [one.id, one])))
  const ids = new Set(maps.flatMap((map) => [...map.keys()]))
  const differing = [...ids]
    .map((id) => ({ id, cases: maps.map((map) => map.get(id)) }))
    .filter(({ cases }) => new Set(cases.map(wordOf)).size > 1)
  const groups = Map.groupBy(differing, ({ cases }) => cases.map(wordOf).join(' '))
  return [...groups.values()]
    .map((differences) => ({ words: (differences[0]?.cases ?? []).map(wordOf), differences }))
    .toSorted(
      (one, other) =>
        weight(other) - weight(one) || other.differences.length - one.differences.length,
    )
}

function wordOf(one: CaseResult | undefined): DifferenceWord {
  if (one === undefined) return 'absent'
  return one.outcome === 'passed' && one.face === 'refused' ? 'refused' : outcomeWords[one.outcome]
}

const weight = ({ words }: DifferenceGroup): number => {
  if (words.includes('failed')) return 2
  return words.includes('absent') ? 0 : 1
}
