/** Two documents in dumpxml's form, the second made from a user's source. */
export interface Definitions {
  readonly defined: string
  readonly planned: string
  readonly source: string
}

/**
 * Whether a source says what is already defined. Where it gives no UUID or MAC address, those that
 * were made up at the definition do not count as a difference.
 */
export function isSameDefinition({ defined, planned, source }: Definitions): boolean {
  const strip = (xml: string): string => {
    let text = xml
    if (!/<uuid[\s>]/.test(source)) text = text.replace(/^\s*<uuid>[^<]*<\/uuid>\n/m, '')
    if (!/<mac[\s/]/.test(source)) text = text.replace(/^\s*<mac address=['"][^'"]*['"]\/>\n/gm, '')
    return text.trim()
  }
  return strip(defined) === strip(planned)
}
