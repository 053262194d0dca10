import { printable } from '../core.ts'
import { displayWidth } from './display-width.ts'

export interface TableOptions {
  /** `-q`: rows only, and columns as wide as the rows need, as virsh does it. */
  readonly quiet?: boolean
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
  const line = (row: readonly string[], paint?: TableOptions['paint']): string => {
    const last = row.length - 1
    const cells = row.map((cell, column) => {
      const padding = column === last ? 0 : (widths[column] ?? 0) - displayWidth(cell)
      return `${paint === undefined ? cell : paint(cell, column)}${' '.repeat(padding)}`
    })
    return ` ${cells.join('   ')}\n`
  }
  const lines = body.map((row) => line(row, options.paint))
  if (options.quiet === true) return lines.join('')
  const dashes = '-'.repeat(widths.reduce((sum, width) => sum + width + 3, 0))
  return `${line(header)}${dashes}\n${lines.join('')}`
}
