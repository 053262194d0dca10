import type { ConformanceRun } from './results.ts'

export interface TargetCoverage {
  readonly guest: string
  readonly machine: string
  /** How many capabilities the tables offer. */
  readonly offered: number
  readonly reached: number
  /** By name. */
  readonly unreached: readonly string[]
}

/** What the tables offer, and how much of it scenarios reached, by target. */
export const coverageSummary = ({
  coverage,
}: Pick<ConformanceRun, 'coverage'>): readonly TargetCoverage[] =>
  coverage.map(({ guest, machine, offered, unreached }) => ({
    guest,
    machine,
    offered: offered.length,
    reached: offered.length - unreached.length,
    unreached,
  }))
