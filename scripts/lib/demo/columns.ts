/** One line of a side-by-side comparison; a cell may need several lines. */
export interface Row {
  readonly label: string
  readonly cells: readonly (readonly string[])[]
}

export interface ColumnsOptions {
  /** Columns of the terminal. */
  readonly width: number
  /** Applied to the headings, after they have been measured. */
  readonly emphasize?: (text: string) => string
}

const gap = '  '
const minCellWidth = 24

/** Lays rows out beside each other under their headings, with long cells wrapped. */
export function renderColumns(
  headings: readonly string[],
  rows: readonly Row[],
  { width, emphasize = (text) => text }: ColumnsOptions,
): readonly string[] {
  const labelWidth = Math.max(0, ...rows.map((row) => row.label.length))
  const forCells = width - labelWidth - headings.length * gap.length
  const cellWidth = Math.max(minCellWidth, Math.floor(forCells / headings.length))
  const lines = [joinCells(['', ...headings], labelWidth, cellWidth)].map(emphasize)
  for (const { label, cells } of rows) {
    const wrapped = cells.map((cell) => cell.flatMap((text) => wrap(text, cellWidth)))
    const height = Math.max(1, ...wrapped.map((cell) => cell.length))
    for (let line = 0; line < height; line++) {
      const texts = [line === 0 ? label : '', ...wrapped.map((cell) => cell[line] ?? '')]
      lines.push(joinCells(texts, labelWidth, cellWidth))
    }
  }
  return lines
}

function joinCells(texts: readonly string[], labelWidth: number, cellWidth: number): string {
  return texts
    .map((text, column) => text.padEnd(column === 0 ? labelWidth : cellWidth))
    .join(gap)
    .trimEnd()
}

/** Breaks at blanks, and inside a word only where the word alone is too long. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (longer.length <= width) {
      line = longer
      continue
    }
    if (line !== '') lines.push(line)
    line = word
    while (line.length > width) {
      lines.push(line.slice(0, width))
      line = line.slice(width)
    }
  }
  lines.push(line)
  return lines
}
