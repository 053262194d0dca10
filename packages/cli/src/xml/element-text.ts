import { escapeXml } from './escape-xml.ts'

export type Attributes = Readonly<Record<string, string | undefined>>

/** `<name a='b'>` with its children two blanks further in; attributes without a value are left out. */
export function elementText(
  name: string,
  attributes: Attributes,
  children: readonly string[] = [],
): string {
  const start = `${name}${attributesText(attributes)}`
  if (children.length === 0) return `<${start}/>`
  const inside = children.flatMap((child) => child.split('\n')).map((line) => `  ${line}`)
  return [`<${start}>`, ...inside, `</${name}>`].join('\n')
}

/** `<name unit='KiB'>5</name>`. */
export function valueElement(
  name: string,
  value: string | number,
  attributes: Attributes = {},
): string {
  return `<${name}${attributesText(attributes)}>${escapeXml(String(value))}</${name}>`
}

/** Children to be: the element, or none where none of its attributes has a value. */
export function optionalElement(name: string, attributes: Attributes): readonly string[] {
  const isEmpty = Object.values(attributes).every((value) => value === undefined)
  return isEmpty ? [] : [elementText(name, attributes)]
}

/** Children to be: the element, or none where there is no value. */
export function optionalValue(name: string, value: string | number | undefined): readonly string[] {
  return value === undefined ? [] : [valueElement(name, value)]
}

/** ` a='b' c='d'` of those that have a value. */
export function attributesText(attributes: Attributes): string {
  return Object.entries(attributes)
    .map(([name, value]) => (value === undefined ? '' : ` ${name}='${escapeXml(value)}'`))
    .join('')
}
