export type Alignment = 'left' | 'right'

/** A table of cells that are Markdown already. */
export function markdownTable(
  head: readonly (readonly [title: string, alignment: Alignment])[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [
    line(head.map(([title]) => title)),
    line(head.map(([, alignment]) => (alignment === 'right' ? '--:' : '---'))),
    ...rows.map(line),
  ].join('\n')
}
