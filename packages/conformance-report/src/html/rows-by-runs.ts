import type { ConformanceRun } from '../results.ts'
import { markup, type Markup } from './markup.ts'

export interface RunsRow<Row> {
  readonly row: Row
  /** Labels of the runs that have it, in their order. */
  readonly labels: readonly string[]
}

/** Rows of several runs, each once, with the runs that have it. */
export function rowsByRuns<Row>(
  runs: readonly ConformanceRun[],
  rowsOf: (run: ConformanceRun) => readonly Row[],
): readonly RunsRow<Row>[] {
  const all = runs.flatMap((run) => rowsOf(run).map((row) => ({ row, label: run.label })))
  const groups = Map.groupBy(all, ({ row }) => JSON.stringify(row))
  return [...groups.values()].flatMap((own) => {
    const [first] = own
    return first === undefined ? [] : [{ row: first.row, labels: own.map(({ label }) => label) }]
  })
}

/** Head and cell of the column that names the runs; nothing where there is one run alone. */
export const runColumn = (runs: readonly ConformanceRun[]): Markup =>
  runs.length > 1 ? markup`<th scope="col">run</th>` : markup``

export const runCell = (runs: readonly ConformanceRun[], labels: readonly string[]): Markup =>
  runs.length > 1
    ? markup`<td>${labels.map((label) => markup`<span class="run-tag">${label}</span> `)}</td>`
    : markup``
