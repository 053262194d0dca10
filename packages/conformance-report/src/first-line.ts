const maxLength = 240

/** The first line with something in it, cut where a list would no longer be quick to read. */
export function firstLine(text: string): string {
  const line = /\S.*/.exec(text)?.[0].trimEnd() ?? ''
  return line.length <= maxLength ? line : `${line.slice(0, maxLength - 1)}…`
}
