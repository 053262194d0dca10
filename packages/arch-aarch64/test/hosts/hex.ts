import type { CoreText } from './parts.ts'

/** The register that the fields of /proc/cpuinfo are of, with architecture 15. */
export function parseHex({ implementer, variant, part, revision }: CoreText): number {
  const text = `${implementer.slice(2)}${variant.slice(2)}f${part.slice(2)}${revision.toString(16)}`
  return Number.parseInt(text, 16)
}
