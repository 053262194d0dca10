import type { Tier } from '@polyvirt/conformance-report'
import { printable } from '../../core.ts'
import { displayWidth } from '../../output/display-width.ts'
import type { Style, Styles } from '../../output/style.ts'
import { cutText } from './cut-text.ts'
import { sumOf, tiersOf } from './run-progress.ts'
import type { Cell, RunProgress } from './run-progress.ts'

/** A cell as words and what each means, so that widths are counted before colours are put on. */
type Parts = readonly (readonly [text: string, style: keyof Styles | undefined])[]

const full = ({ total, passed, failed, notRun }: Cell): Parts => {
  const left = total - passed - failed - notRun
  return [
    ...(passed > 0 ? [[`✓ ${passed}`, 'good'] as const] : []),
    ...(failed > 0 ? [[`✗ ${failed}`, 'bad'] as const] : []),
    ...(notRun > 0 ? [[`– ${notRun}`, 'faint'] as const] : []),
    ...(left > 0 ? [[`… ${left}`, undefined] as const] : []),
  ]
}

const counted = ({ total, passed, failed, notRun }: Cell): Parts => [
  [`${passed + failed + notRun}/${total}`, undefined],
  ...(failed > 0 ? [[`✗ ${failed}`, 'bad'] as const] : []),
]

const percent = ({ total, passed, failed, notRun }: Cell): Parts => {
  const done = total === 0 ? 100 : Math.floor(((passed + failed + notRun) * 100) / total)
  return [[`${done}%`, undefined], ...(failed > 0 ? [[`✗${failed}`, 'bad'] as const] : [])]
}

/** Ways to draw the table, the fullest first; the first that fits the terminal is taken. */
const layouts: readonly { readonly form: (cell: Cell) => Parts; readonly byTier: boolean }[] = [
  { form: full, byTier: true },
  { form: counted, byTier: true },
  { form: percent, byTier: true },
  { form: counted, byTier: false },
  { form: percent, byTier: false },
]

export interface TableSize {
  readonly columns: number
  /** Lines there are for the table; more rows than fit are left out with their number. */
  readonly rows: number
  /** Least width of each column of tiers, so that a table does not move while it is filled. */
  readonly widths?: readonly number[]
}

export interface RenderedTable {
  readonly lines: readonly string[]
  /** Widths of the columns of tiers, as they were needed. */
  readonly widths: readonly number[]
}

/** Guest architecture by tier: what passed, failed, was not run and is left. */
export function renderTable(progress: RunProgress, size: TableSize, styles: Styles): RenderedTable {
  for (const { form, byTier } of layouts) {
    const tiers = byTier ? tiersOf(progress) : []
    const table = layOut(progress, { tiers, form, widths: size.widths ?? [] })
    if (table.width <= size.columns) return finish(table, size, styles)
  }
  return { lines: [], widths: [] }
}

interface Layout {
  readonly head: readonly string[]
  readonly body: readonly (readonly Parts[])[]
  readonly widths: readonly number[]
  readonly width: number
}

interface LayoutOptions {
  readonly tiers: readonly Tier[]
  readonly form: (cell: Cell) => Parts
  readonly widths: readonly number[]
}

const gap = 3

function layOut(progress: RunProgress, { tiers, form, widths: least }: LayoutOptions): Layout {
  const head = ['', ...(tiers.length === 0 ? ['all tiers'] : tiers)]
  const body = [...progress.cells].map(([guest, row]): readonly Parts[] => [
    [[printable(guest), undefined]],
    ...(tiers.length === 0
      ? [form(sumOf(row))]
      : tiers.map((tier) => {
          const cell = row.get(tier)
          return cell === undefined ? [] : form(cell)
        })),
  ])
  const widths = head.map((title, at) =>
    Math.max(
      at === 0 ? 0 : (least[at - 1] ?? 0),
      displayWidth(title),
      ...body.map((cells) => widthOf(cells[at] ?? [])),
    ),
  )
  const width = widths.reduce((sum, one) => sum + one + gap, -gap) + 1
  return { head, body, widths, width }
}

function widthOf(parts: Parts): number {
  return parts.reduce((sum, [text], at) => sum + displayWidth(text) + (at === 0 ? 0 : 1), 0)
}

function finish(
  { head, body, widths }: Layout,
  { rows }: TableSize,
  styles: Styles,
): RenderedTable {
  const pad = (width: number, at: number): string =>
    ' '.repeat(Math.max(0, (widths[at] ?? 0) - width))
  const line = (cells: readonly string[]): string => ` ${cells.join(' '.repeat(gap)).trimEnd()}`
  const title = line(head.map((text, at) => text + pad(displayWidth(text), at)))
  const lines = body.map((cells) =>
    line(cells.map((parts, at) => paint(parts, styles) + pad(widthOf(parts), at))),
  )
  const room = Math.max(1, rows - 1)
  const shown =
    lines.length <= room
      ? lines
      : [...lines.slice(0, room - 1), ` and ${lines.length - room + 1} more`]
  return { lines: [styles.faint(title), ...shown], widths: widths.slice(1) }
}

function paint(parts: Parts, styles: Styles): string {
  return parts
    .map(([text, name]) => {
      const style: Style | undefined = name === undefined ? undefined : styles[name]
      return style === undefined ? text : style(text)
    })
    .join(' ')
}

/** A line of plain text, no wider than the terminal. */
export function plainLine(text: string, columns: number): string {
  return cutText(printable(text), columns)
}
