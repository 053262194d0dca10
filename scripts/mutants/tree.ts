import type { XmlElement } from '@polyvirt/core'

/** A document that can be damaged. */
export interface Tree {
  name: string
  attributes: Map<string, string>
  children: Tree[]
  text: string
}

export function treeOf({ name, attributes, children, text }: XmlElement): Tree {
  return {
    name,
    attributes: new Map(attributes),
    children: children.map(treeOf),
    text: text.trim(),
  }
}

/** The tree and everything below it, in document order. */
export function everyElement(tree: Tree): readonly Tree[] {
  return [tree, ...tree.children.flatMap(everyElement)]
}

export function writeTree(tree: Tree, indent = ''): string {
  const attributes = [...tree.attributes]
    .map(([name, value]) => ` ${name}='${escapeXml(value)}'`)
    .join('')
  if (tree.children.length === 0 && tree.text === '')
    return `${indent}<${tree.name}${attributes}/>\n`
  const text = escapeXml(tree.text)
  if (tree.children.length === 0)
    return `${indent}<${tree.name}${attributes}>${text}</${tree.name}>\n`
  const children = tree.children.map((child) => writeTree(child, `${indent}  `)).join('')
  return `${indent}<${tree.name}${attributes}>${text}\n${children}${indent}</${tree.name}>\n`
}

/** White space in an attribute has to be a reference, or a reader sees a blank. */
function escapeXml(text: string): string {
  return text.replace(/[&<>'"\t\n\r]/g, (c) => `&#${c.charCodeAt(0)};`)
}
