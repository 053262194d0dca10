import { coverageSummary } from '../coverage-summary.ts'
import type { ConformanceRun } from '../results.ts'
import { markup, type Markup } from './markup.ts'
import { rowsByRuns, runCell, runColumn } from './rows-by-runs.ts'

/** How much of what the tables offer was reached; what was not, by name. */
export function coverageSection(runs: readonly ConformanceRun[]): Markup {
  const rows = rowsByRuns(runs, coverageSummary)
  if (rows.length === 0) return markup``
  return markup`<section id="coverage"><h2>Coverage of what is offered <span class="count">${coverageFigure(runs)}</span></h2>
<div class="scroll" tabindex="0" role="region" aria-label="Coverage by target"><table class="list">
<thead><tr><th scope="col">target</th>${runColumn(runs)}<th scope="col" class="number">reached</th><th scope="col" class="number">offered</th><th scope="col">reached by no scenario</th></tr></thead>
<tbody>${rows.map(
    ({ row: { guest, machine, offered, reached, unreached }, labels }) =>
      markup`<tr><th scope="row"><code>${guest}/${machine}</code></th>${runCell(runs, labels)}<td class="number">${reached}</td><td class="number">${offered}</td><td class="names">${
        unreached.length === 0
          ? markup`<span class="mark passed" aria-hidden="true">✓</span> nothing`
          : unreached.map((name) => markup`<code>${name}</code> `)
      }</td></tr>`,
  )}</tbody></table></div></section>`
}

/** Rounded down: 100 % says that nothing is missing. */
export function coverageFigure(runs: readonly ConformanceRun[]): string {
  const all = runs.flatMap(coverageSummary)
  const offered = all.reduce((sum, one) => sum + one.offered, 0)
  const reached = all.reduce((sum, one) => sum + one.reached, 0)
  return offered === 0 ? '' : `${Math.floor((100 * reached) / offered)} %`
}
