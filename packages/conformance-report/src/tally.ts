import { type CaseResult, type ConformanceRun, type Tier, tiers } from './results.ts'

export interface Counts {
  readonly passed: number
  readonly failed: number
  /** What the machine could not try: neither passed nor failed. */
  readonly notRun: number
}

export interface TierTally {
  readonly tier: Tier
  readonly counts: Counts
}

export interface TargetTally {
  readonly guest: string
  readonly machine: string
  readonly counts: Counts
  /** The tiers that have cases, from the cheapest. */
  readonly byTier: readonly TierTally[]
}

export interface Tally {
  readonly all: Counts
  /** The tiers that have cases, from the cheapest. */
  readonly byTier: readonly TierTally[]
  /** In the order of the run. */
  readonly byTarget: readonly TargetTally[]
}

/** Counts the cases of a run by tier and by target. */
export function tally({ cases }: Pick<ConformanceRun, 'cases'>): Tally {
  const targets = Map.groupBy(cases, ({ guest, machine }) => JSON.stringify([guest, machine]))
  return {
    all: countCases(cases),
    byTier: tallyTiers(cases),
    byTarget: [...targets.values()].flatMap((own) => {
      const [first] = own
      if (first === undefined) return []
      const { guest, machine } = first
      return [{ guest, machine, counts: countCases(own), byTier: tallyTiers(own) }]
    }),
  }
}

export function countCases(cases: readonly CaseResult[]): Counts {
  const counts = { passed: 0, failed: 0, notRun: 0 }
  for (const { outcome } of cases) counts[outcome === 'not-run' ? 'notRun' : outcome] += 1
  return counts
}

function tallyTiers(cases: readonly CaseResult[]): readonly TierTally[] {
  const groups = Map.groupBy(cases, ({ tier }) => tier)
  return tiers.flatMap((tier) => {
    const own = groups.get(tier)
    return own === undefined ? [] : [{ tier, counts: countCases(own) }]
  })
}
