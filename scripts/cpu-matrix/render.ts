import { printable } from '@polyvirt/core'
import { families } from './cases/matrix-case.ts'
import type { MatrixCase } from './cases/matrix-case.ts'
import { parts } from './answer.ts'
import type { Agreement, Count } from './agreement.ts'
import type { Judgement } from './judge.ts'

/** The table of agreement: each part as it is, and with the deviations taken as equal. */
export function renderAgreement(agreement: Agreement): string {
  const heads = families.flatMap((family) => [family, '+ deviations'])
  const rows = parts
    .filter((part) => families.some((family) => agreement[family][part].of > 0))
    .map((part) =>
      row(
        part,
        families.flatMap((family) => cells(agreement[family][part])),
      ),
    )
  const totals = families.flatMap((family) => cells(sum(Object.values(agreement[family]))))
  return [row('', heads), ...rows, row('all', totals)].join('\n')
}

function row(name: string, values: readonly string[]): string {
  return [name.padEnd(26), ...values.map((value) => value.padStart(18))].join('')
}

function cells(count: Count): readonly string[] {
  return [ratio(count.equal, count), ratio(count.equal + count.excused, count)]
}

function ratio(equal: number, { of }: Count): string {
  return of === 0 ? '-' : `${equal}/${of} ${((100 * equal) / of).toFixed(1)}%`
}

function sum(counts: readonly Count[]): Count {
  const total = { of: 0, equal: 0, excused: 0 }
  for (const { of, equal, excused } of counts) {
    total.of += of
    total.equal += equal
    total.excused += excused
  }
  return total
}

/** The first cases that differ after the deviations, each with what was asked and every difference. */
export function renderRemaining(judgements: readonly Judgement[], limit: number): string {
  const left = judgements.filter(({ remaining }) => remaining.length > 0)
  const shown = left
    .slice(0, limit)
    .flatMap(({ case: one, remaining }) => [
      one.id,
      ...cpusIn(one).map((cpu) => `    ${short(cpu)}`),
      ...remaining.map(({ part, line }) => `    ${part}: ${short(line)}`),
    ])
  const rest = left.length - Math.min(limit, left.length)
  return [...shown, ...(rest > 0 ? [`… and ${rest} more cases`] : [])].join('\n')
}

function cpusIn({ xml = '' }: MatrixCase): readonly string[] {
  return xml.match(/<cpu\b[^>]*(?:\/>|>.*?<\/cpu>)/g) ?? []
}

function short(text: string): string {
  const shown = printable(text)
  return shown.length > 1000 ? `${shown.slice(0, 1000)}…` : shown
}
