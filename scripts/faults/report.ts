import type { RowFailure, RowResult } from './engine/perform-row.ts'

/** The table at the end: what was planned, what was done, what failed, how long it took. */
export function formatResults(results: readonly RowResult[]): string {
  const cells = [
    ['row', 'planned', 'done', 'untouched', 'failed', 'seconds'],
    ...results.map((row) => [
      row.name,
      `${row.planned}`,
      `${row.done}`,
      `${row.untouched}`,
      `${row.failures.length}`,
      row.seconds.toFixed(1),
    ]),
  ]
  const widths = (cells[0] ?? []).map((_, i) =>
    Math.max(...cells.map((row) => (row[i] ?? '').length)),
  )
  return cells
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join('  '),
    )
    .join('\n')
}

/** A failure with the command that repeats exactly it. */
export function formatFailure({ row, point, problems }: RowFailure, seed: number): string {
  const repeat = point === 'open' || point === 'end' ? '' : ` --point '${point}'`
  return [
    `✗ ${row} ${point}`,
    ...problems.map((problem) => `    ${problem.replaceAll('\n', '\n    ')}`),
    `    again: scripts/dev pnpm faults --only ${row} --seed ${seed}${repeat}`,
  ].join('\n')
}
