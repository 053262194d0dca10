import { formatDuration } from '../format-duration.ts'
import type { ConformanceRun, EmulatorResult } from '../results.ts'
import { tally } from '../tally.ts'
import { verdictWords } from '../verdict-words.ts'
import { markup, type Markup } from './markup.ts'
import { tierTable } from './tier-table.ts'

/** A card for each run; what is the same of all is said once, below them. */
export function runCards(runs: readonly ConformanceRun[]): Markup {
  const facts = runs.map(factsOf)
  const isShared = ([name, value]: Fact): boolean =>
    runs.length > 1 &&
    facts.every((own) =>
      own.some(([other, { markup: text }]) => other === name && text === value.markup),
    )
  return markup`<div class="runs">${runs.map((run, at) =>
    runCard(
      run,
      (facts[at] ?? []).filter((fact) => !isShared(fact)),
    ),
  )}</div>${factList((facts[0] ?? []).filter(isShared))}`
}

/** The verdict of one run in words and numbers, and what it was a run of. */
function runCard(run: ConformanceRun, facts: readonly Fact[]): Markup {
  const { verdict, sentence } = verdictWords(run)
  const { all } = tally(run)
  return markup`<article class="run-card ${verdict}">
<div class="verdict"><span class="seal" aria-hidden="true">${verdict === 'passed' ? '✓' : '✗'}</span>
<div><p class="label">${run.label}</p><h2>${sentence}</h2></div></div>
<dl class="numbers"><div class="passed"><dt>passed</dt><dd>${all.passed}</dd></div>
<div class="failed${all.failed === 0 ? ' none' : ''}"><dt>failed</dt><dd>${all.failed}</dd></div>
<div class="not-run${all.notRun === 0 ? ' none' : ''}"><dt>not run</dt><dd>${all.notRun}</dd></div></dl>
${tierTable(run)}
${factList(facts)}</article>`
}

const factList = (facts: readonly Fact[]): Markup =>
  facts.length === 0
    ? markup``
    : markup`<dl class="facts">${facts.map(
        ([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`,
      )}</dl>`

type Fact = readonly [name: string, value: Markup]

function factsOf(run: ConformanceRun): readonly Fact[] {
  const started = run.startedAt.replace('T', ' ').replace(/:\d\d(?:\.\d+)?Z$/, ' UTC')
  return [
    ['tried', markup`${run.subject}`],
    ...(run.emulators.length === 0 ? [] : [['QEMU', emulatorList(run.emulators)] as const]),
    ['host', markup`${run.host}`],
    ['started', markup`<time datetime="${run.startedAt}">${started}</time>`],
    ['took', markup`${formatDuration(run.durationMs)}`],
    ...(run.shard === undefined
      ? []
      : [['shard', markup`${run.shard.index} of ${run.shard.of}`] as const]),
    ...(run.interrupted === true ? [['stopped', markup`before its end`] as const] : []),
  ]
}

/** By version, for most are of one. */
function emulatorList(emulators: readonly EmulatorResult[]): Markup {
  const groups = Map.groupBy(emulators, ({ version }) => version ?? 'not found')
  return markup`${[...groups].map(
    ([version, own]) =>
      markup`<span class="emulator"><b>${version}</b> ${own.map(
        ({ guest, path }) => markup`<span title="${path}">${guest}</span> `,
      )}</span>`,
  )}`
}
