import { notRunReasons } from '../not-run-reasons.ts'
import type { ConformanceRun } from '../results.ts'
import { markup, type Markup } from './markup.ts'

const maxReasons = 300
const maxPlaces = 40

/** Why cases were not run, each reason once; nothing where all were. */
export function notRunSection(runs: readonly ConformanceRun[]): Markup {
  const rows = runs.flatMap((run) => notRunReasons(run).map((reason) => ({ ...reason, run })))
  if (rows.length === 0) return markup``
  const count = rows.reduce((sum, row) => sum + row.count, 0)
  const several = runs.length > 1
  return markup`<section id="not-run"><h2>Not run <span class="count">${count}</span></h2>
<div class="scroll" tabindex="0" role="region" aria-label="Why cases were not run"><table class="list">
<thead><tr><th scope="col" class="number">cases</th>${several ? markup`<th scope="col">run</th>` : ''}<th scope="col">reason</th><th scope="col">where</th></tr></thead>
<tbody>${rows
    .slice(0, maxReasons)
    .map(
      ({ reason, count: own, places, run }) =>
        markup`<tr><td class="number">${own}</td>${
          several ? markup`<td><span class="run-tag">${run.label}</span></td>` : ''
        }<td>${reason}</td><td class="names">${places
          .slice(0, maxPlaces)
          .map(
            (place) => markup`<code>${place}</code> `,
          )}${places.length > maxPlaces ? `and ${places.length - maxPlaces} more` : ''}</td></tr>`,
    )}</tbody></table></div>${
    rows.length > maxReasons
      ? markup`<p class="rest">and ${rows.length - maxReasons} other reasons</p>`
      : ''
  }</section>`
}
