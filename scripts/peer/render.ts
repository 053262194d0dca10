import { printable } from '@polyvirt/core'
import type { Judgement } from './judge.ts'
import { totalsByArch, totalsOf } from './totals.ts'
import type { Count, Totals } from './totals.ts'

const heads = ['verdict', 'dumpxml', 'argv'].flatMap((name) => [name, '+ deviations'])

/** The table of totals: each result as it is, and with the deviations taken as equal. */
export function renderTotals(judgements: readonly Judgement[]): string {
  const rows = [...totalsByArch(judgements)].map(([name, totals]) => line(name, totals))
  const total = totalsOf(judgements)
  const { hostBound } = total
  return [
    [''.padEnd(10), 'cases'.padStart(6), ...heads.map((head) => head.padStart(18))].join(''),
    ...rows,
    line('total', total),
    ...(hostBound.of === 0
      ? []
      : [
          `${hostBound.of} verdicts hang on the other program's host and are counted apart: ${hostBound.equal} equal`,
        ]),
  ].join('\n')
}

function line(name: string, totals: Totals): string {
  const cells = [totals.verdict, totals.xml, totals.argv].flatMap((count) => [
    ratio(count.equal, count),
    ratio(count.equal + count.excused, count),
  ])
  return [
    name.padEnd(10),
    String(totals.cases).padStart(6),
    ...cells.map((cell) => cell.padStart(18)),
  ].join('')
}

function ratio(equal: number, { of }: Count): string {
  return of === 0 ? '-' : `${equal}/${of} ${((100 * equal) / of).toFixed(1)}%`
}

/** The first cases that differ after the deviations, each with the first thing that is unlike. */
export function renderRemaining(judgements: readonly Judgement[], limit: number): string {
  const left = judgements.filter(({ remaining }) => remaining.length > 0)
  const shown = left.slice(0, limit).map(({ key, remaining }) => {
    const [first] = remaining
    const more = remaining.length > 1 ? ` (and ${remaining.length - 1} more)` : ''
    return `${key}\n    ${first?.kind}: ${short(first?.line ?? '')}${more}`
  })
  const rest = left.length - shown.length
  return [...shown, ...(rest > 0 ? [`… and ${rest} more cases`] : [])].join('\n')
}

function short(text: string): string {
  const shown = printable(text)
  return shown.length > 240 ? `${shown.slice(0, 240)}…` : shown
}

/** How many cases each rule had a part in; rules that had none may be out of date. */
export function ruleUse(
  judgements: readonly Judgement[],
  ids: readonly string[],
): ReadonlyMap<string, number> {
  const uses = new Map(ids.map((id) => [id, 0]))
  for (const { used } of judgements) {
    for (const id of used) uses.set(id, (uses.get(id) ?? 0) + 1)
  }
  return uses
}
