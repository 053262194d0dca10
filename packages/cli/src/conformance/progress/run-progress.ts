import { tiers } from '@polyvirt/conformance-report'
import type { CaseResult, Tier } from '@polyvirt/conformance-report'
import type { CaseHead, ConformanceEvent } from '@polyvirt/conformance/run'

/** How far the cases of one guest architecture in one tier are. */
export interface Cell {
  readonly total: number
  readonly passed: number
  readonly failed: number
  readonly notRun: number
}

/** A case that runs now. */
export interface RunningCase {
  readonly head: CaseHead
  readonly sinceMs: number
  /** Its last words. */
  readonly line?: string
}

/** What is known of a run while it lasts, as plain values. */
export interface RunProgress {
  /** By guest architecture, then by tier, in the order of the run. */
  readonly cells: ReadonlyMap<string, ReadonlyMap<Tier, Cell>>
  readonly running: ReadonlyMap<string, RunningCase>
  readonly done: number
  readonly total: number
  readonly counts: { readonly passed: number; readonly failed: number; readonly notRun: number }
  /** What is left, by the guess of `atMs`. */
  readonly remaining?: { readonly ms: number; readonly atMs: number }
  /** About no case. */
  readonly note?: string
}

export const nothingYet: RunProgress = {
  cells: new Map(),
  running: new Map(),
  done: 0,
  total: 0,
  counts: { passed: 0, failed: 0, notRun: 0 },
}

/** A run one event further. */
export function advance(
  progress: RunProgress,
  event: ConformanceEvent,
  nowMs: number,
): RunProgress {
  switch (event.kind) {
    case 'planned':
      return { ...progress, total: event.total, cells: plannedCells(event.groups) }
    case 'started': {
      const running = new Map(progress.running)
      running.set(event.case.id, { head: event.case, sinceMs: nowMs })
      return { ...progress, running }
    }
    case 'progress': {
      const known = progress.running.get(event.id)
      if (known === undefined) return progress
      return {
        ...progress,
        running: new Map(progress.running).set(event.id, { ...known, line: event.line }),
      }
    }
    case 'note':
      return { ...progress, note: event.line }
    default: {
      const running = new Map(progress.running)
      running.delete(event.case.id)
      const { remaining: _, note: __, ...rest } = progress
      return {
        ...rest,
        running,
        cells: withResult(progress.cells, event.case),
        done: event.done,
        total: event.total,
        counts: event.counts,
        ...(event.remainingMs !== undefined && {
          remaining: { ms: event.remainingMs, atMs: nowMs },
        }),
      }
    }
  }
}

const emptyCell: Cell = { total: 0, passed: 0, failed: 0, notRun: 0 }

type Planned = Extract<ConformanceEvent, { kind: 'planned' }>

/** The machines of a guest architecture are one row: a table of them all fits no terminal. */
function plannedCells(groups: Planned['groups']): RunProgress['cells'] {
  const cells = new Map<string, Map<Tier, Cell>>()
  for (const { guest, tier, total } of groups) {
    const row = cells.get(guest) ?? new Map<Tier, Cell>()
    const cell = row.get(tier) ?? emptyCell
    cells.set(guest, row.set(tier, { ...cell, total: cell.total + total }))
  }
  return cells
}

function withResult(
  cells: RunProgress['cells'],
  { guest, tier, outcome }: CaseResult,
): RunProgress['cells'] {
  const row = new Map(cells.get(guest))
  const cell = row.get(tier) ?? emptyCell
  const member = outcome === 'not-run' ? 'notRun' : outcome
  row.set(tier, { ...cell, [member]: cell[member] + 1 })
  return new Map(cells).set(guest, row)
}

/** The tiers that have cases, from the cheapest. */
export function tiersOf({ cells }: Pick<RunProgress, 'cells'>): readonly Tier[] {
  return tiers.filter((tier) => [...cells.values()].some((row) => row.has(tier)))
}

/** All tiers of a row in one. */
export function sumOf(row: ReadonlyMap<Tier, Cell>): Cell {
  const sum = { ...emptyCell }
  for (const { total, passed, failed, notRun } of row.values()) {
    sum.total += total
    sum.passed += passed
    sum.failed += failed
    sum.notRun += notRun
  }
  return sum
}
