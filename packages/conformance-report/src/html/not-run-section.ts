import { notRunReasons } from '../not-run-reasons.ts'
import type { ConformanceRun } from '../results.ts'
import { markup, type Markup } from './markup.ts'
import { rowsByRuns, runCell, runColumn } from './rows-by-runs.ts'

const maxReasons = 300
const maxPlaces = 40

/** Why cases were not run, each reason once; nothing where all were. */
export function notRunSection(runs: readonly ConformanceRun[]): Markup {
  const rows = rowsByRuns(runs, notRunReasons)
  if (rows.length === 0) return markup``
  const count = rows.reduce((sum, { row, labels }) => sum + row.count * labels.length, 0)
  return markup`<section id="not-run"><h2>Not run <span class="count">${count}</span></h2>
<div class="scroll" tabindex="0" role="region" aria-label="Why cases were not run"><table class="list">
<thead><tr><th scope="col" class="number">cases</th>${runColumn(runs)}<th scope="col">reason</th><th scope="col">where</th></tr></thead>
<tbody>${rows
    .slice(0, maxReasons)
    .map(
      ({ row: { reason, count: own, places }, labels }) =>
        markup`<tr><td class="number">${own}</td>${runCell(runs, labels)}<td>${reason}</td><td class="names">${places
          .slice(0, maxPlaces)
          .map((place) => markup`<code>${place}</code> `)}${
          places.length > maxPlaces ? `and ${places.length - maxPlaces} more` : ''
        }</td></tr>`,
    )}</tbody></table></div>${
    rows.length > maxReasons
      ? markup`<p class="rest">and ${rows.length - maxReasons} other reasons</p>`
      : ''
  }</section>`
}
