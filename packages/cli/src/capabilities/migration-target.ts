import type { MigrationTarget } from '../core.ts'
import { checkProlog } from '../document-prolog.ts'

/**
 * A host by the text of a file: its `<capabilities>`, and `<domainCapabilities>` where that stands in
 * it as well. A text without the first is handed on as it is, so that the verdict says what it is.
 *
 * @throws CommandError where something else than documents stands in the file.
 */
export async function migrationTarget(name: string, text: string): Promise<MigrationTarget> {
  const found = ['capabilities', 'domainCapabilities'].map((root) => rangeOf(text, root))
  const [capabilities, domainCapabilities] = found.map((range) => range && text.slice(...range))
  if (capabilities === undefined) return { name, capabilities: text }
  const ranges = found.filter((range) => range !== undefined).toSorted(([a], [b]) => a - b)
  let from = 0
  for (const [start, end] of [...ranges, [text.length, text.length] as const]) {
    await checkProlog(text.slice(from, start), name, linesIn(text.slice(0, from)))
    from = end
  }
  return { name, capabilities, ...(domainCapabilities !== undefined && { domainCapabilities }) }
}

function linesIn(text: string): number {
  return text.split('\n').length - 1
}

/** From the root's start to its end; neither of the two ever stands in the other, or in itself. */
function rangeOf(text: string, root: string): readonly [start: number, end: number] | undefined {
  const start = text.search(new RegExp(`<${root}[\\s>]`))
  const end = `</${root}>`
  const last = start < 0 ? -1 : text.indexOf(end, start)
  return last < 0 ? undefined : [start, last + end.length]
}
