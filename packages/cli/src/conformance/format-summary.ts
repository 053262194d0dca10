import { verdictLine } from '@polyvirt/conformance-report'
import type { CaseResult, ConformanceRun } from '@polyvirt/conformance-report'
import { printable } from '../core.ts'
import { wrapText } from '../output/wrap-text.ts'
import type { Styles } from '../output/style.ts'
import { formatDuration } from './progress/format-duration.ts'

/** What failed for one reason. */
export interface ReasonGroup {
  readonly reason: string
  readonly ids: readonly string[]
}

/** Cases by the first line of their reason, the commonest first; a path in it tells no two apart. */
export function groupByReason(cases: readonly CaseResult[]): readonly ReasonGroup[] {
  const groups = Map.groupBy(cases, (one) => firstLine(one).replaceAll(paths, '…/'))
  return [...groups.values()]
    .map((own) => {
      const lines = new Set(own.map(firstLine))
      const [line = ''] = lines
      return {
        reason: lines.size === 1 ? line : line.replaceAll(paths, '…/'),
        ids: own.map(({ id }) => id),
      }
    })
    .toSorted((a, b) => b.ids.length - a.ids.length)
}

/** A path of several folders, up to the blank behind it. */
const paths = /\/[^\s'"]*\/[^\s'"]+/g

function firstLine({ failure, reason }: CaseResult): string {
  const text = failure?.message ?? reason ?? 'no reason was given'
  return text.trim().split('\n', 1)[0] ?? ''
}

export interface SummaryOptions {
  readonly styles: Styles
  readonly columns?: number | undefined
  /** Where the report lies. */
  readonly report?: string
  /** What else there is to say, a line each. */
  readonly remarks?: readonly string[]
  /** The command that tries what failed again. */
  readonly again?: string
}

/** A reader takes in so many reasons, and so many names for each; the report has them all. */
const maxReasons = 12
const maxIds = 5

/** The end of a run: how it went, what failed and why, and where to read on. */
export function formatSummary(run: ConformanceRun, options: SummaryOptions): string {
  const { styles, report, remarks = [], again } = options
  const failed = run.cases.filter(({ outcome }) => outcome === 'failed')
  const notRun = run.cases.filter(({ outcome }) => outcome === 'not-run')
  const passed = run.cases.length - failed.length - notRun.length
  const verdict = `${verdictLine(run)}, in ${formatDuration(run.durationMs)}`
  const good = failed.length === 0 && passed > 0 && run.interrupted !== true
  return [
    ...section('Failed', groupByReason(failed), options, (reason, ids) => [
      ...wrapped(`${printable(reason)}${ids.length > 1 ? ` (${ids.length} cases)` : ''}`, options),
      ...ids.slice(0, maxIds).map((id) => `    ${printable(id)}\n`),
      ...(ids.length > maxIds ? [`    and ${ids.length - maxIds} more\n`] : []),
    ]),
    ...section('Not run', groupByReason(notRun), options, (reason, ids) =>
      wrapped(`${ids.length} × ${printable(reason)}`, options),
    ),
    ...remarks.map((remark) => `${printable(remark)}\n`),
    `${good ? styles.good(verdict) : styles.bad(verdict)}\n`,
    ...(report === undefined ? [] : [`Report: ${printable(report)}\n`]),
    ...(failed.length === 0 || again === undefined ? [] : [`Again: ${again}\n`]),
  ].join('')
}

function section(
  title: string,
  groups: readonly ReasonGroup[],
  { styles }: SummaryOptions,
  lines: (reason: string, ids: readonly string[]) => readonly string[],
): readonly string[] {
  if (groups.length === 0) return []
  const more = groups.length - maxReasons
  return [
    `${title === 'Failed' ? styles.bad(title) : styles.faint(title)}\n`,
    ...groups.slice(0, maxReasons).flatMap(({ reason, ids }) => lines(reason, ids)),
    ...(more > 0 ? [`  and ${more} other reasons\n`] : []),
    '\n',
  ]
}

function wrapped(text: string, { columns }: SummaryOptions): readonly string[] {
  const lines = columns === undefined ? [text] : wrapText(text, Math.max(20, columns - 4))
  return lines.map((line, at) => `  ${at === 0 ? '' : '  '}${line}\n`)
}
