import type { XmlElement } from '../core.ts'

/** An element without its place in a text: what two documents can have in common. */
export interface Tree extends Pick<XmlElement, 'name' | 'attributes' | 'text'> {
  readonly children: readonly Tree[]
}

/** A number that two elements share exactly when they are equal. */
export type Fingerprint = (tree: Tree) => number

/** Fingerprints that are comparable with each other; each element is looked at once. */
export function createFingerprint(): Fingerprint {
  const numbers = new Map<string, number>()
  const known = new WeakMap<Tree, number>()
  const fingerprint: Fingerprint = (tree) => {
    const before = known.get(tree)
    if (before !== undefined) return before
    const attributes = [...tree.attributes].toSorted(([a], [b]) => (a < b ? -1 : 1))
    const children = [...childrenByName(tree)]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, each]) => each.map(fingerprint))
    const content = JSON.stringify([tree.name, attributes, tree.text.trim(), children])
    const number = numbers.get(content) ?? numbers.size
    numbers.set(content, number)
    known.set(tree, number)
    return number
  }
  return fingerprint
}

/** Children in order of their names' first appearance, and of their own within. */
export function childrenByName(tree: Tree | undefined): ReadonlyMap<string, readonly Tree[]> {
  const groups = new Map<string, Tree[]>()
  for (const child of tree?.children ?? []) {
    const group = groups.get(child.name)
    if (group === undefined) groups.set(child.name, [child])
    else group.push(child)
  }
  return groups
}

/** The first element at the end of a path of names. */
export function findElement(tree: Tree | undefined, ...path: readonly string[]): Tree | undefined {
  return path.reduce<Tree | undefined>(
    (at, name) => at?.children.find((child) => child.name === name),
    tree,
  )
}

/** The same tree with every text and attribute value, but no name, replaced. */
export function mapValues(tree: Tree, map: (value: string) => string): Tree {
  return {
    name: tree.name,
    attributes: new Map([...tree.attributes].map(([name, value]) => [name, map(value)])),
    text: map(tree.text),
    children: tree.children.map((child) => mapValues(child, map)),
  }
}

/** A value as it may be shown: passwords are compared, and never told. */
export function showValue(attribute: string, value: string): string {
  return attribute === 'passwd' ? '(not shown)' : value
}

/** An element on one line, in libvirt's spelling. */
export function formatTree(tree: Tree): string {
  return formatTreeLines(tree)
    .map((line) => line.trimStart())
    .join('')
}

/** An element as dumpxml prints it, a line each. */
function formatTreeLines(tree: Tree, indent = ''): readonly string[] {
  const attributes = [...tree.attributes].map(
    ([name, value]) => ` ${name}='${escape(showValue(name, value), /[&<']/g)}'`,
  )
  const start = `${indent}<${tree.name}${attributes.join('')}`
  const text = escape(tree.text.trim(), /[&<>]/g)
  if (tree.children.length === 0) {
    return [text === '' ? `${start}/>` : `${start}>${text}</${tree.name}>`]
  }
  return [
    `${start}>${text}`,
    ...tree.children.flatMap((child) => formatTreeLines(child, `${indent}  `)),
    `${indent}</${tree.name}>`,
  ]
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&apos;',
}

function escape(value: string, risky: RegExp): string {
  return value.replace(risky, (character) => entities[character] ?? character)
}
