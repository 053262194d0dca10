import type { Evidence, Face, Failure, Outcome, Tier } from '../results.ts'

/** What the page's script is handed: plain data, written by the report and read by the page. */
export interface PageIndex {
  readonly runs: readonly PageRun[]
  /** Number of the first part in each chunk. */
  readonly chunkStarts: readonly number[]
}

export interface PageRun {
  readonly label: string
  readonly cases: readonly PageCase[]
}

/** All that the matrix and its filters need; the rest is in the parts, read when a case is opened. */
export interface PageCase {
  readonly id: string
  readonly guest: string
  readonly machine: string
  readonly tier: Tier
  readonly scenario: string
  readonly title: string
  readonly face: Face
  readonly outcome: Outcome
  readonly reason?: string
  /** First line of what failed. */
  readonly message?: string
  readonly durationMs: number
  /** Numbers of the parts; cases with the same evidence share them. */
  readonly parts: PartNumbers
}

/** What a part holds, by its name. */
export interface CaseParts extends Evidence {
  readonly failure?: Failure
}

export type PartName = keyof CaseParts
export type PartNumbers = Readonly<Partial<Record<PartName, number>>>
