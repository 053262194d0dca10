import { XMLParser } from 'fast-xml-parser'
import { SaxesParser } from 'saxes'
import { domainError, printable, quote } from '../errors.ts'
import type { Place } from '../errors.ts'
import type { XmlElement } from './element.ts'

/**
 * What a document may cost. Real domain XML is a few kilobytes; these caps refuse bombs before
 * anything is built from them.
 */
export const xmlLimits = {
  bytes: 4_194_304,
  depth: 256,
  nodes: 100_000,
  attributes: 256,
  attributeBytes: 65_536,
} as const

/** Where each element begins and ends, in document order: what fast-xml-parser does not tell. */
interface Mark {
  readonly place: Place
  readonly start: number
  end: number
}

/**
 * Reads one XML document into elements.
 *
 * fast-xml-parser builds the tree, but it takes many texts that are no XML (undefined entities, two
 * roots, raw control characters), so saxes goes first: it proves the document well-formed,
 * enforces {@link xmlLimits}, refuses DOCTYPE (and with it every entity trick), and notes the place
 * of each element.
 *
 * @throws DomainError `ERR_XML_ERROR` with line and column.
 */
export function readXml(source: string): XmlElement {
  const text = source.startsWith('\ufeff') ? source.slice(1) : source
  const marks = gate(text)
  const tree = treeParser.parse(text) as unknown
  let next = 0

  const build = (node: PreservedNode): XmlElement => {
    const name = Object.keys(node).find((key) => key !== ':@') ?? ''
    const mark = marks[next++]
    if (mark === undefined) throw domainError('ERR_INTERNAL_ERROR', 'the two XML readers disagree')
    const attributes = new Map<string, string>(
      Object.entries(node[':@'] ?? {}).map(([key, value]) => [key, decode(String(value))]),
    )
    const children: XmlElement[] = []
    let own = ''
    for (const part of (node[name] ?? []) as PreservedNode[]) {
      if ('#text' in part) own += decode(String(part['#text']))
      else if ('#cdata' in part) own += cdataText(part)
      else if (!isInstruction(part)) children.push(build(part))
    }
    return {
      name,
      attributes,
      children,
      text: own,
      place: mark.place,
      source: text.slice(mark.start, mark.end),
    }
  }

  const root = (tree as PreservedNode[]).find((node) => !isInstruction(node) && !('#text' in node))
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
  attributeNamePrefix: '',
  allowBooleanAttributes: false,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: false,
  cdataPropName: '#cdata',
  ignoreDeclaration: true,
  ignorePiTags: true,
  maxNestedTags: xmlLimits.depth + 1,
})

function isInstruction(node: PreservedNode): boolean {
  return Object.keys(node).some((key) => key.startsWith('?'))
}

function cdataText(node: PreservedNode): string {
  const parts = node['#cdata'] as readonly { readonly '#text'?: unknown }[]
  return parts.map((part) => String(part['#text'] ?? '')).join('')
}

const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

/** The five entities of XML and character references; the gate has refused all others. */
function decode(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(?:#x([0-9a-fA-F]+)|#([0-9]+)|(\w+));/g, (all, hex, decimal, name) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(String(hex), 16))
    if (decimal !== undefined) return String.fromCodePoint(Number.parseInt(String(decimal), 10))
    return named[String(name)] ?? String(all)
  })
}

function gate(text: string): readonly Mark[] {
  if (Buffer.byteLength(text) > xmlLimits.bytes) {
    throw domainError(
      'ERR_XML_ERROR',
      `the document is ${Buffer.byteLength(text)} bytes; at most ${xmlLimits.bytes} (4 MiB) are read`,
    )
  }
  // A lone surrogate has no UTF-8 form: it would reach QEMU as another character.
  if (!text.isWellFormed()) {
    throw domainError('ERR_XML_ERROR', 'the document holds a lone surrogate: it is not valid Unicode')
  }
  const marks: Mark[] = []
  const open: Mark[] = []
  const parser = new SaxesParser({ xmlns: true, position: true })
  const here = (): Place => ({ line: parser.line, column: parser.column + 1 })
  const refuse = (message: string, place: Place = here()): never => {
    throw domainError('ERR_XML_ERROR', message, { place })
  }
  const placeOf = placesOf(text)
  let nodes = 0
  let attributes = 0
  let tagStart = 0
  let tagPlace: Place = { line: 1, column: 1 }
  const count = (): void => {
    if (++nodes > xmlLimits.nodes) refuse(`more than ${xmlLimits.nodes} nodes`)
  }

  parser.on('error', (error) => {
    refuse(printable(error.message.replace(/^\d+:\d+: /, '')).slice(0, 300))
  })
  parser.on('doctype', () => {
    refuse('a DOCTYPE is not accepted in domain XML: remove it, and write entity values out')
  })
  parser.on('xmldecl', (declaration) => {
    const { version, encoding } = declaration
    if (version !== undefined && version !== '1.0') refuse(`XML version ${quote(version)} is not 1.0`)
    if (encoding !== undefined && encoding.toLowerCase() !== 'utf-8') {
      refuse(`encoding ${quote(encoding)} is not accepted: domain XML is UTF-8`)
    }
  })
  parser.on('processinginstruction', () => refuse('processing instructions are not accepted'))
  parser.on('comment', count)
  parser.on('opentagstart', () => {
    attributes = 0
    // The parser stands somewhere behind the name; the tag began at the last `<`.
    tagStart = text.lastIndexOf('<', parser.position - 1)
    tagPlace = placeOf(tagStart)
  })
  parser.on('attribute', (attribute) => {
    if (++attributes > xmlLimits.attributes) {
      refuse(`an element with more than ${xmlLimits.attributes} attributes`, tagPlace)
    }
    if (attribute.value.length > xmlLimits.attributeBytes) {
      refuse(`an attribute of more than ${xmlLimits.attributeBytes} bytes`, tagPlace)
    }
  })
  parser.on('opentag', () => {
    count()
    const mark: Mark = { place: tagPlace, start: tagStart, end: text.length }
    marks.push(mark)
    open.push(mark)
    if (open.length > xmlLimits.depth) refuse(`elements nested deeper than ${xmlLimits.depth}`)
  })
  parser.on('closetag', () => {
    const mark = open.pop()
    if (mark !== undefined) mark.end = parser.position
  })
  parser.write(text).close()
  return marks
}

/** Turns rising offsets into places, reading the text once. */
function placesOf(text: string): (offset: number) => Place {
  let line = 1
  let lineStart = 0
  let newline = text.indexOf('\n')
  return (offset) => {
    while (newline !== -1 && newline < offset) {
      line++
      lineStart = newline + 1
      newline = text.indexOf('\n', lineStart)
    }
    return { line, column: offset - lineStart + 1 }
  }
}
