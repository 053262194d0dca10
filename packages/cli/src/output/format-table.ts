import { printable } from '../core.ts'
import { displayWidth } from './display-width.ts'
import { wrapText } from './wrap-text.ts'

export interface TableOptions {
  /** `-q`: rows only, and columns as wide as the rows need, as virsh does it. */
  readonly quiet?: boolean
  /** No line is wider, where breaking the last column at its blanks can help it. */
  readonly columns?: number | undefined
  /** Colours a cell after it has been padded; the text passed in is safe to print. */
  readonly paint?: (cell: string, column: number) => string
}

/**
 * virsh's table: one leading blank, columns three blanks apart, a line of dashes under the header,
 * the last column not padded. Cells are escaped here, so callers pass them as they are.
 */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  options: TableOptions = {},
): string {
  const body = rows.map((row) => row.map((cell) => printable(cell)))
  const shown = options.quiet === true ? body : [header, ...body]
  const widths = header.map((_, column) =>
    Math.max(0, ...shown.map((row) => displayWidth(row[column] ?? ''))),
  )
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + 3, 1)
  const room = Math.max(minimumWidth, (options.columns ?? Number.POSITIVE_INFINITY) - before)
  const line = (row: readonly string[], paint?: TableOptions['paint']): string => {
    const last = row.length - 1
    const cells = row.map((cell, column) => {
      const padding = column === last ? 0 : (widths[column] ?? 0) - displayWidth(cell)
      return `${paint === undefined ? cell : paint(cell, column)}${' '.repeat(padding)}`
    })
    return ` ${cells.join('   ')}\n`
  }
  const lines = body.flatMap((row) => broken(row, room).map((each) => line(each, options.paint)))
  if (options.quiet === true) return lines.join('')
  const dashes = '-'.repeat(
    Math.min(
      widths.reduce((sum, width) => sum + width + 3, 0),
      before + room,
    ),
  )
  return `${line(header)}${dashes}\n${lines.join('')}`
}

/** A last column is not made narrower than this. */
const minimumWidth = 24

/** A row, and further ones for what its last cell has no room for. */
function broken(row: readonly string[], room: number): readonly (readonly string[])[] {
  const last = row.at(-1) ?? ''
  if (displayWidth(last) <= room) return [row]
  const blank = row.slice(0, -1).map(() => '')
  return wrapText(last, room).map((text, at) => [...(at === 0 ? row.slice(0, -1) : blank), text])
}
