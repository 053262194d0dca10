import { visibleText } from '../visible-text.ts'

export type XmlAttributes = Readonly<Record<string, string | number | undefined>>

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\t': '&#9;',
}

/** An element whose children are written already, one a line. */
export function xmlElement(
  name: string,
  attributes: XmlAttributes,
  children: readonly string[] = [],
): string {
  const open = `<${name}${writeAttributes(attributes)}`
  return children.length === 0 ? `${open}/>` : `${open}>\n${children.join('\n')}\n</${name}>`
}

/** An element with text alone. */
export const xmlText = (name: string, attributes: XmlAttributes, text: string): string =>
  `<${name}${writeAttributes(attributes)}>${escapeText(text)}</${name}>`

const writeAttributes = (attributes: XmlAttributes): string =>
  Object.entries(attributes)
    .flatMap(([name, value]) =>
      value === undefined ? [] : [` ${name}="${escapeAttribute(String(value))}"`],
    )
    .join('')

const escapeText = (text: string): string =>
  visibleText(text).replaceAll(/[&<>]/g, (one) => escapes[one] ?? one)

const escapeAttribute = (text: string): string =>
  visibleText(text).replaceAll(/[&<>"\n\t]/g, (one) => escapes[one] ?? one)
