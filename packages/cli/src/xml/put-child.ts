import { elementAt } from '../core.ts'
import type { XmlElement } from '../core.ts'
import { elementText } from './element-text.ts'
import { insertInside, rangeOf } from './splice.ts'
import type { Edit } from './splice.ts'

/** Puts `element` in the place of the parent's child of this name, or first where there is none. */
export function putChild(
  text: string,
  parent: XmlElement,
  { name, element }: { readonly name: string; readonly element: string },
): Edit {
  const found = elementAt(parent, name)
  return found === undefined
    ? insertInside(text, parent, element)
    : { ...rangeOf(text, found), text: element }
}

/** The parent's child of this name, with these children in place of those it has under the same names. */
export function putChildren(
  text: string,
  parent: XmlElement,
  {
    name,
    children,
  }: { readonly name: string; readonly children: Readonly<Record<string, string | undefined>> },
): Edit {
  const element = withChildren(name, elementAt(parent, name), children)
  return putChild(text, parent, { name, element })
}

/** `<name>` with these children in place of those it has under the same names; others stay. */
function withChildren(
  name: string,
  before: XmlElement | undefined,
  children: Readonly<Record<string, string | undefined>>,
): string {
  const kept = (before?.children ?? []).filter((child) => !Object.hasOwn(children, child.name))
  const attributes = Object.fromEntries(before?.attributes ?? [])
  const given = Object.values(children).filter((child) => child !== undefined)
  return elementText(name, attributes, [...kept.map(({ source }) => source), ...given])
}
