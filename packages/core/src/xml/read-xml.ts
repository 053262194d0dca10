import { XMLParser } from 'fast-xml-parser'
import { domainError } from '../errors.ts'
import type { XmlElement } from './element.ts'
import { gate, xmlLimits } from './gate.ts'

/**
 * Reads one XML document into elements.
 *
 * fast-xml-parser builds the tree, but it takes many texts that are no XML (undefined entities, two
 * roots, raw control characters), so {@link gate} goes first and proves the document.
 *
 * @throws DomainError `ERR_XML_ERROR` with line and column.
 */
export function readXml(source: string): XmlElement {
  // XML 1.0, 2.11: every line end is a newline to whoever reads the document.
  const text = source.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n')
  const marks = gate(text)
  const tree = treeParser.parse(text) as readonly PreservedNode[]
  let next = 0

  const build = (node: PreservedNode): XmlElement => {
    const mark = marks[next++]
    if (mark === undefined) throw domainError('ERR_INTERNAL_ERROR', 'the two XML readers disagree')
    const attributes = new Map<string, string>()
    const written = node[':@']
    for (const name in written) {
      attributes.set(name.slice(1), decode(normalise(String(written[name]))))
    }
    const children: XmlElement[] = []
    let own = ''
    for (const part of (node[elementKey(node) ?? ''] ?? []) as readonly PreservedNode[]) {
      if ('#text' in part) own += decode(String(part['#text']))
      else if ('#cdata' in part) own += cdataText(part)
      else if (elementKey(part) !== undefined) children.push(build(part))
    }
    const { name, place, start, end } = mark
    return { name, attributes, children, text: own, place, source: text.slice(start, end) }
  }

  const root = tree.find((node) => elementKey(node) !== undefined)
  if (root === undefined) throw domainError('ERR_XML_ERROR', 'the document has no element')
  return build(root)
}

interface PreservedNode {
  readonly [name: string]: unknown
  readonly ':@'?: Readonly<Record<string, unknown>>
}

// Values stay text: `007` is a name, not a number, and blanks may be a mistake worth reporting.
const treeParser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  // Names become keys of plain objects: in front of `__proto__`, a character makes it one like any.
  attributeNamePrefix: '@',
  transformTagName: (name) => (name.startsWith('<') ? name : `<${name}`),
  allowBooleanAttributes: false,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: false,
  cdataPropName: '#cdata',
  ignoreDeclaration: true,
  ignorePiTags: true,
  jPath: false,
  maxNestedTags: xmlLimits.depth + 1,
})

/** Under which key a node keeps what is in it; nothing where it is no element. */
function elementKey(node: PreservedNode): string | undefined {
  for (const key in node) if (key.startsWith('<') && !key.startsWith('<?')) return key
  return undefined
}

function cdataText(node: PreservedNode): string {
  const parts = node['#cdata'] as readonly { readonly '#text'?: string }[]
  return parts.map((part) => part['#text'] ?? '').join('')
}

/** XML 1.0, 3.3.3: white space in an attribute is a blank, unless it is written as a reference. */
function normalise(value: string): string {
  if (!/[\t\n]/.test(value)) return value
  return value.replace(/[\t\n]/g, ' ')
}

const named: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
])

/** The five entities of XML and character references; the gate has refused all others. */
function decode(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(
    /&(?:#x([0-9a-fA-F]+)|#([0-9]+)|(\w+));/g,
    (all: string, hex?: string, decimal?: string, name = '') => {
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
      if (decimal !== undefined) return String.fromCodePoint(Number.parseInt(decimal, 10))
      return named.get(name) ?? all
    },
  )
}
