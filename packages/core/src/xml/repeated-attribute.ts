/** An attribute that one tag has twice, with the offsets of both. */
export interface RepeatedAttribute {
  readonly name: string
  readonly first: number
  readonly second: number
}

/** Finds the repeated attribute of the tag at `start`; only asked once the parser has said so. */
export function repeatedAttribute(text: string, start: number): RepeatedAttribute | undefined {
  const seen = new Map<string, number>()
  const attribute = /[\s/]([^\s=<>"'/]+)\s*=\s*(?:"[^"]*"|'[^']*')/y
  attribute.lastIndex = text.slice(start).search(/[\s/>]/) + start
  for (;;) {
    while (
      /\s/.test(text[attribute.lastIndex] ?? '') &&
      /\s/.test(text[attribute.lastIndex + 1] ?? '')
    ) {
      attribute.lastIndex++
    }
    const match = attribute.exec(text)
    const name = match?.[1]
    if (match === null || name === undefined) return undefined
    const at = match.index + 1
    const first = seen.get(name)
    if (first !== undefined) return { name, first, second: at }
    seen.set(name, at)
  }
}
