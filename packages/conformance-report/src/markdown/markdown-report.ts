import { coverageSummary } from '../coverage-summary.ts'
import { differencesOf } from '../differences.ts'
import { failureGroups } from '../failure-groups.ts'
import { formatDuration } from '../format-duration.ts'
import { notRunReasons } from '../not-run-reasons.ts'
import { tiers, type ConformanceRun, type Tier } from '../results.ts'
import { tally, type Counts, type TargetTally } from '../tally.ts'
import { verdictWords } from '../verdict-words.ts'
import { cutLines } from './cut-lines.ts'
import { codeMarkdown, escapeMarkdown } from './escape-markdown.ts'
import { markdownTable } from './markdown-table.ts'

/** GitHub takes 1 MiB of summary from a step; what is longer is thrown away as a whole. */
const maxBytes = 900 * 1024
const maxGroups = 100
const maxCases = 12
const maxNames = 60

/** Runs in brief, for the summary of a job or a comment: GitHub's Markdown, always under 1 MiB. */
export function markdownReport(runs: readonly ConformanceRun[]): string {
  const sections = runs.length === 0 ? ['There are no runs to report.'] : runs.flatMap(runSections)
  const text = [...sections, ...differenceSection(runs)].join('\n\n')
  return cutLines(`${text}\n`, maxBytes)
}

const runSections = (run: ConformanceRun): readonly string[] => [
  headSection(run),
  tableSection(run),
  ...failureSection(run),
  ...notRunSection(run),
  ...coverageSection(run),
]

function headSection(run: ConformanceRun): string {
  const { verdict, sentence } = verdictWords(run)
  const emulators = run.emulators.map(({ guest, version }) =>
    escapeMarkdown(`${guest} ${version ?? 'none found'}`),
  )
  const shard = run.shard === undefined ? '' : ` · shard ${run.shard.index} of ${run.shard.of}`
  return [
    `## ${verdict === 'passed' ? '✅' : '❌'} ${escapeMarkdown(run.label)}: ${sentence}`,
    '',
    `${escapeMarkdown(run.subject)} on ${escapeMarkdown(run.host)}, ` +
      `in ${formatDuration(run.durationMs)}${shard}` +
      (emulators.length === 0 ? '' : `  \nQEMU: ${emulators.slice(0, maxNames).join(', ')}`),
  ].join('\n')
}

function tableSection(run: ConformanceRun): string {
  const { all, byTier, byTarget } = tally(run)
  const used = tiers.filter((tier) => byTier.some((one) => one.tier === tier))
  const cells = (name: string, own: Pick<TargetTally, 'counts' | 'byTier'>): readonly string[] => [
    name,
    ...used.map((tier) => countsCell(countsOf(own, tier))),
    countsCell(own.counts),
  ]
  return [
    markdownTable(
      [['target', 'left'], ...used.map((tier) => [tier, 'right'] as const), ['all', 'right']],
      [
        ...byTarget.map((one) => cells(codeMarkdown(`${one.guest}/${one.machine}`), one)),
        cells('**all**', { counts: all, byTier }),
      ],
    ),
    '',
    '✓ passed, ✗ failed, – not run',
  ].join('\n')
}

const countsOf = ({ byTier }: Pick<TargetTally, 'byTier'>, tier: Tier): Counts | undefined =>
  byTier.find((one) => one.tier === tier)?.counts

function countsCell(counts: Counts | undefined): string {
  if (counts === undefined) return ''
  const { passed, failed, notRun } = counts
  return [
    failed > 0 ? `**✗ ${failed}**` : '',
    passed > 0 ? `✓ ${passed}` : '',
    notRun > 0 ? `– ${notRun}` : '',
  ]
    .filter(Boolean)
    .join(' ')
}

function failureSection(run: ConformanceRun): readonly string[] {
  const groups = failureGroups(run)
  if (groups.length === 0) return []
  const lines = groups.slice(0, maxGroups).flatMap(({ message, cases }) => {
    const ids = cases.slice(0, maxCases).map(({ id }) => `  - ${codeMarkdown(id)}`)
    const rest = cases.length - ids.length
    return [`- ${codeMarkdown(message)}`, ...ids, ...(rest > 0 ? [`  - and ${rest} more`] : [])]
  })
  const rest = groups.length - maxGroups
  return [
    '### Failed',
    [...lines, ...(rest > 0 ? [`- and ${rest} other messages`] : [])].join('\n'),
  ]
}

function notRunSection(run: ConformanceRun): readonly string[] {
  const reasons = notRunReasons(run)
  if (reasons.length === 0) return []
  const lines = reasons
    .slice(0, maxGroups)
    .map(({ reason, count }) => `- ${count} × ${escapeMarkdown(reason)}`)
  const rest = reasons.length - maxGroups
  return [
    '### Not run',
    [...lines, ...(rest > 0 ? [`- and ${rest} other reasons`] : [])].join('\n'),
  ]
}

function coverageSection(run: ConformanceRun): readonly string[] {
  if (run.coverage.length === 0) return []
  const rows = coverageSummary(run).map(({ guest, machine, offered, reached, unreached }) => {
    const names = unreached.slice(0, maxNames).map(codeMarkdown)
    const rest = unreached.length - names.length
    return [
      codeMarkdown(`${guest}/${machine}`),
      `${reached} of ${offered}`,
      [...names, ...(rest > 0 ? [`and ${rest} more`] : [])].join(', '),
    ]
  })
  const head = [
    ['target', 'left'],
    ['reached', 'right'],
    ['offered, but in no scenario', 'left'],
  ] as const
  return ['### Coverage of what is offered', markdownTable(head, rows)]
}

function differenceSection(runs: readonly ConformanceRun[]): readonly string[] {
  if (runs.length < 2) return []
  const groups = differencesOf(runs)
  if (groups.length === 0) return ['## Differences\n\nAll cases came out alike.']
  const rows = groups.slice(0, maxGroups).map(({ words, differences }) => {
    const ids = differences.slice(0, maxCases).map(({ id }) => codeMarkdown(id))
    const rest = differences.length - ids.length
    return [
      ...words,
      String(differences.length),
      [...ids, ...(rest > 0 ? [`and ${rest} more`] : [])].join('<br>'),
    ]
  })
  const head = [
    ...runs.map(({ label }) => [escapeMarkdown(label), 'left'] as const),
    ['cases', 'right'] as const,
    ['which', 'left'] as const,
  ]
  return ['## Differences', markdownTable(head, rows)]
}
