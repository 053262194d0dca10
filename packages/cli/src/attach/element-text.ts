import { escapeXml } from '../output/escape-xml.ts'

export type Attributes = Readonly<Record<string, string | undefined>>

/** `<name a='b'>` with its children two blanks further in; attributes without a value are left out. */
export function elementText(
  name: string,
  attributes: Attributes,
  children: readonly string[] = [],
): string {
  const given = Object.entries(attributes)
    .map(([key, value]) => (value === undefined ? '' : ` ${key}='${escapeXml(value)}'`))
    .join('')
  if (children.length === 0) return `<${name}${given}/>`
  const inside = children.flatMap((child) => child.split('\n')).map((line) => `  ${line}`)
  return [`<${name}${given}>`, ...inside, `</${name}>`].join('\n')
}
