import { createHash } from 'node:crypto'
import type { ConformanceRun } from '../results.ts'
import { tally } from '../tally.ts'
import { coverageFigure, coverageSection } from './coverage-section.ts'
import { differenceSection } from './difference-section.ts'
import { failureSection } from './failure-section.ts'
import { markup, type Markup } from './markup.ts'
import { notRunSection } from './not-run-section.ts'
import { pageData } from './page-data.ts'
import { pageScript } from './page-script.ts'
import { pageStyle } from './page-style.ts'
import { runCards } from './run-cards.ts'

/**
 * One page that holds everything, of one run or of several side by side. It loads nothing, and its
 * policy forbids it to; what documents, guests and QEMU said is in it as data only. Without a
 * script, the verdict and the lists can still be read.
 */
export function htmlReport(runs: readonly ConformanceRun[]): string {
  const { index, chunks } = pageData(runs)
  const data = chunks.map(
    (chunk, at) => markup`<script type="text/plain" id="chunk-${at}">${raw(chunk)}</script>\n`,
  )
  return `<!doctype html>\n${
    markup`<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${titleOf(runs)}</title>
<style>${raw(pageStyle)}</style>
</head>
<body>
<a class="skip" href="#matrix" data-jump>Skip to the matrix</a>
<header class="head"><h1>${titleOf(runs)}</h1>
${runCards(runs)}</header>
${jumps(runs)}
<main>${failureSection(runs)}${differenceSection(runs)}
<section id="matrix"><h2>Matrix</h2><div id="matrix-body"><p class="rest" id="matrix-state">The matrix is drawn by this page's script.</p></div></section>
${notRunSection(runs)}${coverageSection(runs)}</main>
<script type="text/plain" id="index">${raw(index)}</script>
${data}<script type="module">${raw(pageScript)}</script>
</body>
</html>`.markup
  }\n`
}

/** Text that the report itself has made: base64, its script and its style. */
const raw = (text: string): Markup => ({ markup: text })

const digest = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`

const policy = [
  "default-src 'none'",
  `script-src ${digest(pageScript)}`,
  `style-src ${digest(pageStyle)}`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

function titleOf(runs: readonly ConformanceRun[]): string {
  const subjects = [...new Set(runs.map(({ subject }) => subject))]
  return `Conformance of ${subjects.length === 0 ? 'nothing' : subjects.join(' and ')}`
}

function jumps(runs: readonly ConformanceRun[]): Markup {
  const counts = runs.map((run) => tally(run).all)
  const failed = counts.reduce((sum, one) => sum + one.failed, 0)
  const notRun = counts.reduce((sum, one) => sum + one.notRun, 0)
  const coverage = coverageFigure(runs)
  const link = (id: string, title: string, count: string | number): Markup =>
    markup`<a href="#${id}" data-jump>${title} <span class="count">${count}</span></a>`
  return markup`<nav class="jumps" aria-label="Sections">${[
    ...(failed > 0 ? [link('failures', 'Failures', failed)] : []),
    ...(runs.length > 1 ? [link('differences', 'Differences', '')] : []),
    link('matrix', 'Matrix', ''),
    ...(notRun > 0 ? [link('not-run', 'Not run', notRun)] : []),
    ...(coverage === '' ? [] : [link('coverage', 'Coverage', coverage)]),
  ]}</nav>`
}
