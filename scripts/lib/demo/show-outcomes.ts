import { renderColumns, type Row } from './columns.ts'
import { compareDomainXml } from './compare-xml.ts'
import { describeGuest } from './describe-guest.ts'
import { filledIn } from './guest-document.ts'
import type { GuestOutcome } from './run-guest.ts'

export interface NamedOutcome extends GuestOutcome {
  /** Heading of its column. */
  readonly title: string
}

export interface ShowOptions {
  readonly width: number
  readonly emphasize: (text: string) => string
}

const absent = '–'

/** What two guests found inside themselves, and what their definitions differ in. */
export function showOutcomes(
  left: NamedOutcome,
  right: NamedOutcome,
  options: ShowOptions,
): readonly string[] {
  const headings = [left.title, right.title]
  const differences = differenceRows(left.xml, right.xml)
  return [
    '',
    options.emphasize('What each guest found inside itself'),
    '',
    ...renderColumns(headings, foundRows(left, right), options),
    '',
    options.emphasize('Where their XML differs after defaults and addresses; the rest is the same'),
    '',
    ...renderColumns(headings, differences, options),
    '',
  ]
}

function foundRows(left: GuestOutcome, right: GuestOutcome): readonly Row[] {
  const others = describeGuest(right.report, right.transcript)
  return [...describeGuest(left.report, left.transcript)].map(([label, lines]) => ({
    label,
    cells: [lines, others.get(label) ?? []],
  }))
}

function differenceRows(left: string, right: string): readonly Row[] {
  return compareDomainXml(left, right, { ignore: filledIn }).map((difference) => ({
    label: difference.path,
    cells: [[difference.left ?? absent], [difference.right ?? absent]],
  }))
}
