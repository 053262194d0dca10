import { printable } from '../core.ts'
import type { Styles } from '../output/style.ts'
import type { Comparison, Verdict } from './compare.ts'
import type { Difference } from './difference.ts'

export interface FormatOptions {
  readonly styles: Styles
  /** Only the differences: `-q`. */
  readonly quiet: boolean
}

/** A comparison for people: who is compared, who refused, and the differences, one a line. */
export function formatComparison(comparison: Comparison, { styles, quiet }: FormatOptions): string {
  const { left, right, definition, commandLine, remarks } = comparison
  const paint = { '-': styles.bad, '+': styles.good, '~': styles.mild, '>': styles.mild }
  const line = (mark: keyof typeof paint, text: string): string => `${paint[mark](mark)} ${text}\n`
  const lines = (differences: readonly Difference[]): string =>
    differences.map((each) => line(marks[each.kind], formatDifference(each))).join('')
  if (quiet) return [definition ?? [], commandLine ?? []].map(lines).join('')
  const section = (title: string, differences: readonly Difference[] | undefined): string =>
    differences === undefined ? '' : `\n${title}: ${count(differences)}\n${lines(differences)}`
  return [
    line('-', printable(left.who)),
    line('+', printable(right.who)),
    verdict(comparison),
    section('Definition', definition),
    section('Command line', commandLine),
    ...remarks.map((remark, at) => `${at === 0 ? '\n' : ''}Note: ${printable(remark)}\n`),
  ].join('')
}

const marks = { removed: '-', added: '+', changed: '~', moved: '>' } as const

function count(differences: readonly Difference[]): string {
  if (differences.length === 0) return 'no differences'
  return differences.length === 1 ? '1 difference' : `${differences.length} differences`
}

/** Only where somebody refused. */
function verdict({ left, right }: Comparison): string {
  if (left.refusal === undefined && right.refusal === undefined) return ''
  const one = ({ who, refusal, has }: Verdict): string => {
    const name = printable(who.split(',')[0] ?? who)
    if (refusal === undefined) return `${name} accepts it\n`
    const said = refusal.split('\n').map((text) => `    ${printable(text.trim())}\n`)
    const what = has.length > 0 ? 'stores it, but would not start it' : 'refuses it'
    return `${name} ${what}:\n${said.join('')}`
  }
  return `\n${one(left)}${one(right)}`
}

/** Longer than this, the two sides stand below each other. */
const maxColumns = 110

function formatDifference({ kind, path, otherPath, left, right }: Difference): string {
  const place = printable(path)
  const [a, b] = [left, right].map((text) => (text === undefined ? undefined : show(text)))
  if (kind === 'moved') {
    return otherPath === undefined
      ? `${place}:\n    ${a ?? ''}\n  | ${b ?? ''}`
      : `${place}: now ${printable(otherPath)}`
  }
  const where = otherPath === undefined ? place : `${place} (${printable(otherPath)})`
  if (a === undefined || b === undefined) return `${where}: ${a ?? b ?? ''}`
  const short = `${where}: ${a} | ${b}`
  return short.length <= maxColumns ? short : `${where}:\n    ${a}\n  | ${b}`
}

/** Elements and options speak for themselves; values are quoted. */
function show(text: string): string {
  const shown = printable(text)
  return /^(?:<[^>]+>|-[a-z])/.test(text) ? shown : `'${shown}'`
}
