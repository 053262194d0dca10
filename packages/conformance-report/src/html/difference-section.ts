import { differencesOf, type DifferenceGroup } from '../differences.ts'
import { allMarks } from '../outcome-marks.ts'
import type { ConformanceRun } from '../results.ts'
import { caseLink } from './case-link.ts'
import { folded } from './folded.ts'
import { markup, type Markup } from './markup.ts'

const maxCases = 400
/** So many are shown without opening anything, where something failed. */
const openCases = 4

/** How several runs differ; nothing for a single one. */
export function differenceSection(runs: readonly ConformanceRun[]): Markup {
  if (runs.length < 2) return markup``
  const groups = differencesOf(runs)
  const count = groups.reduce((sum, { differences }) => sum + differences.length, 0)
  const body =
    groups.length === 0
      ? markup`<p>Every case came out alike.</p>`
      : markup`<ul class="differences">${groups.map((group) => groupItem(group, runs))}</ul>`
  return markup`<section id="differences"><h2>Differences <span class="count">${count}</span></h2>${body}</section>`
}

function groupItem(
  { words, differences }: DifferenceGroup,
  runs: readonly ConformanceRun[],
): Markup {
  const links = differences.flatMap(({ cases }) => {
    // The one worth opening first: what failed says why.
    const failed = cases.findIndex((one) => one?.outcome === 'failed')
    const number = failed === -1 ? cases.findIndex((one) => one !== undefined) : failed
    const one = cases[number]
    return one === undefined ? [] : [caseLink(one, number)]
  })
  return markup`<li><p class="sides">${runs.map(
    ({ label }, at) =>
      markup`<span class="side"><span class="run-tag">${label}</span> ${wordMark(words[at] ?? '')}</span>`,
  )}<span class="about">${differences.length === 1 ? '1 case' : `${differences.length} cases`}</span></p>
${folded(links, { shown: words.includes('failed') ? openCases : 0, most: maxCases })}</li>`
}

function wordMark(word: string): Markup {
  const mark = allMarks.find(({ name }) => name === word.replace(' ', '-'))
  return mark === undefined
    ? markup`<span class="absent">${word}</span>`
    : markup`<span class="mark ${mark.name}" aria-hidden="true">${mark.glyph}</span> ${word}`
}
