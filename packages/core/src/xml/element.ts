import type { Place } from '../errors.ts'

/** One element of a parsed document: plain, with its place, so that every later message has one. */
export interface XmlElement {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
  /** The element's own character data, as written (not trimmed). */
  readonly text: string
  readonly place: Place
  /** The element as it stands in the source, from `<` to `>`; what {@link verbatim} fields keep. */
  readonly source: string
}

/** The first direct child with this name. */
export function childNamed(element: XmlElement, name: string): XmlElement | undefined {
  for (const child of element.children) if (child.name === name) return child
  return undefined
}

/** The direct children with this name. */
export function childrenNamed(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name)
}

/** The element at the end of a path of names, the first of each name; nothing where a step fails. */
export function elementAt(
  element: XmlElement | undefined,
  ...path: readonly string[]
): XmlElement | undefined {
  let at = element
  for (const name of path) at = at && childNamed(at, name)
  return at
}
