import { DOMParser, XMLSerializer } from '@xmldom/xmldom'
import type { Document, Element, Node } from '@xmldom/xmldom'
import * as xpath from 'xpath'
import { invalidArgument } from '../command-error.ts'
import { printable } from '../core.ts'

/**
 * The parts of a document that an XPath 1.0 expression selects, one after another, as virsh prints them: libxml's
 * form, with double quotes. Prefixes mean what the document means by them.
 *
 * @param wrapped the parts are to be the content of one element, `<nodes>`
 * @throws CommandError for an expression that is none, or that selects no nodes but counts or compares.
 */
export function selectByXpath(xml: string, expression: string, wrapped: boolean): string {
  const document = new DOMParser().parseFromString(xml, 'text/xml')
  dropBlanks(document)
  const nodes = select(document, expression)
  if (wrapped) return wrap(document, nodes)
  return nodes.map((node) => `${printed(node, 0)}\n`).join('')
}

function select(document: Document, expression: string): readonly Node[] {
  let found: xpath.SelectReturnType
  try {
    const namespaces = prefixesOf(document)
    found = xpath.selectWithResolver(expression, document as unknown as globalThis.Node, {
      lookupNamespaceURI: (prefix) => namespaces.get(prefix ?? '') ?? null,
    })
  } catch (cause) {
    const [why = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n')
    throw invalidArgument(`invalid XPath expression '${printable(expression)}': ${why}`)
  }
  if (Array.isArray(found)) return found as unknown as readonly Node[]
  throw invalidArgument(
    `Incorrect xpath '${printable(expression)}': it selects no part of the document; write a path such as //disk/source/@file`,
  )
}

/** The namespaces of a document by their prefixes; of a prefix that is declared twice, the first. */
function prefixesOf(document: Document): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const element of document.getElementsByTagName('*')) {
    for (const { prefix, localName, value } of element.attributes)
      if (prefix === 'xmlns' && localName !== null && !found.has(localName))
        found.set(localName, value)
  }
  return found
}

/** White space between elements is the writer's, and says nothing. */
function dropBlanks(node: Node): void {
  const children = [...node.childNodes]
  const only = children.every(({ nodeType }) => nodeType === textNode)
  for (const child of children) {
    if (child.nodeType === textNode && !only && (child.nodeValue ?? '').trim() === '')
      node.removeChild(child)
    else dropBlanks(child)
  }
}

/** Attributes and text go to the element itself, as libxml adds them. */
function wrap(document: Document, nodes: readonly Node[]): string {
  const root = document.createElement('nodes')
  for (const node of nodes) {
    if (node.nodeType === attributeNode) root.setAttribute(node.nodeName, node.nodeValue ?? '')
    else root.appendChild(node.cloneNode(true))
  }
  return `${printed(root, 0)}\n`
}

// DOM's numbers of the kinds of nodes.
const elementNode = 1
const attributeNode = 2
const textNode = 3
const documentNode = 9

function printed(node: Node, depth: number): string {
  switch (node.nodeType) {
    case documentNode: {
      const root = (node as Document).documentElement
      const head = '<?xml version="1.0" encoding="UTF-8"?>'
      return root === null ? head : `${head}\n${printed(root, 0)}`
    }
    case attributeNode:
      return ` ${attribute(node)}`
    case textNode:
      return escaped(node.nodeValue ?? '')
    case elementNode:
      return element(node as Element, depth)
    default:
      return new XMLSerializer().serializeToString(node)
  }
}

/** An element with its content on lines of their own; where there is text among it, as it stands. */
function element(node: Element, depth: number): string {
  const start = [node.tagName, ...[...node.attributes].map(attribute)].join(' ')
  const children = [...node.childNodes]
  if (children.length === 0) return `<${start}/>`
  const end = `</${node.tagName}>`
  if (depth === asItStands || children.some(({ nodeType }) => nodeType === textNode))
    return `<${start}>${children.map((child) => printed(child, asItStands)).join('')}${end}`
  const indent = '  '.repeat(depth)
  const lines = children.map((child) => `${indent}  ${printed(child, depth + 1)}\n`)
  return `<${start}>\n${lines.join('')}${indent}${end}`
}

/** Below text nothing may be added, not even white space. */
const asItStands = -1

function attribute({ nodeName, nodeValue }: Node): string {
  const value = escaped(nodeValue ?? '')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')
    .replaceAll('\t', '&#9;')
  return `${nodeName}="${value}"`
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;')
}
