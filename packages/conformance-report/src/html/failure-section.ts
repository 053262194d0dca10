import { failureGroups } from '../failure-groups.ts'
import type { ConformanceRun } from '../results.ts'
import { caseLink } from './case-link.ts'
import { markup, type Markup } from './markup.ts'
import { folded } from './folded.ts'

const maxGroups = 200
const maxCases = 200
/** So many are shown without opening anything. */
const openCases = 4

/** What failed, one entry for each message; nothing where nothing failed. */
export function failureSection(runs: readonly ConformanceRun[]): Markup {
  const entries = runs.flatMap((run, number) =>
    failureGroups(run).map((group) => ({ ...group, run, number })),
  )
  if (entries.length === 0) return markup``
  const count = entries.reduce((sum, { cases }) => sum + cases.length, 0)
  return markup`<section id="failures"><h2>Failures <span class="count">${count}</span></h2>
<ol class="failures">${entries.slice(0, maxGroups).map(
    ({ message, cases, run, number }) => markup`<li><p class="message">${message}</p>
<p class="about">${runs.length > 1 ? markup`<span class="run-tag">${run.label}</span> ` : ''}${cases.length === 1 ? '1 case' : `${cases.length} cases`}</p>
${folded(
  cases.map((one) => caseLink(one, number)),
  { shown: openCases, most: maxCases },
)}</li>`,
  )}</ol>${rest(entries.length - maxGroups)}</section>`
}

const rest = (count: number): Markup =>
  count > 0 ? markup`<p class="rest">and ${count} other messages: see the matrix</p>` : markup``
