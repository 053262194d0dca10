import { scenarioChapter } from '../src/scenario-chapter.ts'
import type { Tier } from '../src/results.ts'
import type { ShownCase } from './case-model.ts'

/** One column: a machine in one run. */
export interface MatrixColumn {
  readonly guest: string
  readonly machine: string
  readonly run: number
}

export interface MatrixRow {
  readonly scenario: string
  readonly title: string
  /** By column, then by tier. */
  readonly cells: readonly (readonly (ShownCase | undefined)[])[]
}

export interface MatrixChapter {
  readonly name: string
  readonly rows: readonly MatrixRow[]
}

export interface MatrixTable {
  readonly name: string
  readonly columns: readonly MatrixColumn[]
  readonly tiers: readonly Tier[]
  readonly chapters: readonly MatrixChapter[]
}

export interface LayoutOptions {
  /** Of all that there are, in their order. */
  readonly tiers: readonly Tier[]
  /** Which rows are wanted: those that have such a case. */
  readonly fits: (one: ShownCase) => boolean
}

/**
 * Cases as tables. What holds for an architecture as such, on `any` machine, has a table of its own:
 * it shares no row with the machines.
 */
export function matrixLayout(
  cases: readonly ShownCase[],
  options: LayoutOptions,
): readonly MatrixTable[] {
  const groups = Map.groupBy(cases, ({ machine }) => machine === 'any')
  return [
    tableOf('Scenarios by machine', groups.get(false) ?? [], options),
    tableOf('Laws of each architecture', groups.get(true) ?? [], options),
  ].filter(({ chapters }) => chapters.length > 0)
}

function tableOf(
  name: string,
  cases: readonly ShownCase[],
  { tiers, fits }: LayoutOptions,
): MatrixTable {
  const wanted = new Set(cases.filter(fits).map(({ scenario }) => scenario))
  const shown = cases.filter(({ scenario }) => wanted.has(scenario))
  const usedTiers = new Set(shown.map(({ tier }) => tier))
  const columns = columnsOf(shown)
  const used = tiers.filter((tier) => usedTiers.has(tier))
  const chapters = Map.groupBy(shown, ({ scenario }) => scenarioChapter(scenario))
  return {
    name,
    columns,
    tiers: used,
    chapters: [...chapters].map(([chapter, own]) => ({
      name: chapter,
      rows: rowsOf(own, columns, used),
    })),
  }
}

/** Guests and machines in the order they come in, and the runs of each side by side. */
function columnsOf(cases: readonly ShownCase[]): readonly MatrixColumn[] {
  const guests = Map.groupBy(cases, ({ guest }) => guest)
  return [...guests.values()].flatMap((ofGuest) =>
    [...Map.groupBy(ofGuest, ({ machine }) => machine).values()].flatMap((ofMachine) => {
      const [first] = ofMachine
      const runs = [...new Set(ofMachine.map(({ run }) => run))].toSorted((a, b) => a - b)
      return first === undefined
        ? []
        : runs.map((run) => ({ guest: first.guest, machine: first.machine, run }))
    }),
  )
}

function rowsOf(
  cases: readonly ShownCase[],
  columns: readonly MatrixColumn[],
  tiers: readonly Tier[],
): readonly MatrixRow[] {
  const numbers = new Map(columns.map((column, at) => [columnKey(column), at]))
  const tierNumbers = new Map(tiers.map((tier, at) => [tier, at]))
  return [...Map.groupBy(cases, ({ scenario }) => scenario)].map(([scenario, own]) => {
    const cells = columns.map(() => Array.from<ShownCase | undefined>({ length: tiers.length }))
    for (const one of own) {
      const cell = cells[numbers.get(columnKey(one)) ?? -1]
      const tier = tierNumbers.get(one.tier)
      if (cell !== undefined && tier !== undefined) cell[tier] = one
    }
    return { scenario, title: own[0]?.title ?? '', cells }
  })
}

const columnKey = ({ guest, machine, run }: MatrixColumn): string =>
  JSON.stringify([guest, machine, run])
