import type { MigrationTarget } from '../core.ts'

/**
 * A host by the text of a file: its `<capabilities>`, and `<domainCapabilities>` where that stands in
 * it as well. A text without the first is handed on as it is, so that the verdict says what it is.
 */
export function migrationTarget(name: string, text: string): MigrationTarget {
  const capabilities = documentIn(text, 'capabilities')
  const domainCapabilities = documentIn(text, 'domainCapabilities')
  return {
    name,
    capabilities: capabilities ?? text,
    ...(domainCapabilities !== undefined && { domainCapabilities }),
  }
}

/** From the root's start to its end; neither of the two ever stands in the other, or in itself. */
function documentIn(text: string, root: string): string | undefined {
  const start = text.search(new RegExp(`<${root}[\\s>]`))
  const end = `</${root}>`
  const last = start < 0 ? -1 : text.indexOf(end, start)
  return last < 0 ? undefined : text.slice(start, last + end.length)
}
