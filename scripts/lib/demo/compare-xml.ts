import { XMLParser } from 'fast-xml-parser'

/** One place where two domain documents differ; undefined where a document has nothing there. */
export interface XmlDifference {
  /** `disk vda / address`: elements from the domain down, `devices` left out. */
  readonly path: string
  readonly left: string | undefined
  readonly right: string | undefined
}

export interface CompareOptions {
  /** Paths, as they would be reported, that are not worth reporting. */
  readonly ignore?: readonly string[]
}

/**
 * What differs between two documents printed by `dumpxml`, device by device rather than line by
 * line: a disk is compared with the disk of the same target, wherever it stands, and several
 * devices that only one side has are one difference.
 */
export function compareDomainXml(
  left: string,
  right: string,
  { ignore = [] }: CompareOptions = {},
): readonly XmlDifference[] {
  const differences = compareElements('', parse(left), parse(right))
  return gather(differences).filter(({ path }) => !ignore.includes(path))
}

interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly text: string
  readonly children: readonly Element[]
}

interface RawDifference extends XmlDifference {
  /** Equal for devices that one line can stand for: `6 × …`. */
  readonly kind?: string
}

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseAttributeValue: false,
  parseTagValue: false,
})

type ParsedNode = Readonly<Record<string, unknown>>

function parse(xml: string): Element {
  const nodes = (parser.parse(xml) as readonly ParsedNode[]).map(asElement)
  const domain = nodes.find((element) => element.name === 'domain')
  if (domain === undefined) throw new Error('not a domain document')
  return domain
}

function asElement(node: ParsedNode): Element {
  const name = Object.keys(node).find((key) => key !== ':@') ?? ''
  const content = node[name]
  const nodes = Array.isArray(content) ? (content as readonly ParsedNode[]) : []
  return {
    name,
    attributes: (node[':@'] ?? {}) as Record<string, string>,
    text: nodes.map(({ '#text': text }) => (typeof text === 'string' ? text.trim() : '')).join(''),
    children: nodes.filter((child) => !('#text' in child)).map(asElement),
  }
}

function compareElements(path: string, left: Element, right: Element): readonly RawDifference[] {
  const differences: RawDifference[] = []
  const own = differingValues(left, right)
  if (own !== undefined) differences.push({ path: path || 'domain', ...own })

  const leftChildren = byIdentity(left.children)
  const rightChildren = byIdentity(right.children)
  for (const identity of new Set([...leftChildren.keys(), ...rightChildren.keys()])) {
    const childPath = identity === 'devices' ? '' : [path, identity].filter(Boolean).join(' / ')
    const a = leftChildren.get(identity)
    const b = rightChildren.get(identity)
    if (a !== undefined && b !== undefined) differences.push(...compareElements(childPath, a, b))
    else differences.push(oneSided(childPath, a, b))
  }
  return differences
}

function oneSided(path: string, left?: Element, right?: Element): RawDifference {
  const element = left ?? right
  return {
    path,
    left: left && summarize(left),
    right: right && summarize(right),
    ...(element?.name === 'controller' && { kind: kindOf(element) }),
  }
}

function differingValues(
  left: Element,
  right: Element,
): { readonly left: string; readonly right: string } | undefined {
  const values = { left: valueBeside(left, right), right: valueBeside(right, left) }
  return values.left === values.right ? undefined : values
}

/** What an element itself says that the other one does not. */
function valueBeside(element: Element, other: Element): string {
  if (element.name === 'address') return busAddress(element)
  const attributes = Object.entries(element.attributes).filter(
    ([name, value]) => other.attributes[name] !== value,
  )
  return ownValue(attributes, element.text === other.text ? '' : element.text)
}

const ownValue = (attributes: readonly (readonly [string, string])[], text: string): string =>
  [...attributes.map(([name, value]) => `${name}='${value}'`), text].filter(Boolean).join(' ')

/** An element with all that is in it, on one line. */
function summarize(element: Element): string {
  if (element.name === 'address') return busAddress(element)
  const identity = identifyingAttributes[element.name] ?? []
  const attributes = Object.entries(element.attributes).filter(([name]) => !identity.includes(name))
  const own = ownValue(attributes, element.text)
  const inner = element.children.map((child) =>
    child.name === 'address' ? `at ${busAddress(child)}` : `${child.name} ${summarize(child)}`,
  )
  return [own, ...inner].filter(Boolean).join(', ') || 'present'
}

const kindOf = ({ attributes }: Element): string =>
  attributes['model'] ?? `${attributes['type']} controller`

/** `pci 0000:00:1f.2`, as lspci and the guest's sysfs name it; `spapr-vio 0x30000000`. */
function busAddress({ attributes: { type, ...place } }: Element): string {
  if (type !== 'pci') return [type, ...Object.values(place)].join(' ')
  const hex = (name: string, digits: number): string =>
    Number(place[name] ?? 0)
      .toString(16)
      .padStart(digits, '0')
  return `pci ${hex('domain', 4)}:${hex('bus', 2)}:${hex('slot', 2)}.${hex('function', 1)}`
}

/** What tells a device from its siblings, so that both documents' can be paired. */
const identifyingAttributes: Readonly<Record<string, readonly string[]>> = {
  controller: ['type', 'index'],
  input: ['type'],
  boot: ['dev'],
  feature: ['name'],
  timer: ['name'],
}

function identify(element: Element): string {
  const attributes = identifyingAttributes[element.name]
  if (attributes !== undefined) {
    return [element.name, ...attributes.map((name) => element.attributes[name] ?? '')].join(' ')
  }
  const target = element.children.find((child) => child.name === 'target')?.attributes['dev']
  return target === undefined ? element.name : `${element.name} ${target}`
}

function byIdentity(elements: readonly Element[]): ReadonlyMap<string, Element> {
  const found = new Map<string, Element>()
  for (const element of elements) {
    const identity = identify(element)
    let name = identity
    for (let count = 2; found.has(name); count++) name = `${identity} #${count}`
    found.set(name, element)
  }
  return found
}

/** Several devices of one kind that only one side has become one line. */
function gather(differences: readonly RawDifference[]): readonly XmlDifference[] {
  const sideOf = ({ left }: XmlDifference): string => (left === undefined ? 'right' : 'left')
  const groups = Map.groupBy(differences, (difference) =>
    difference.kind === undefined ? difference : `${sideOf(difference)} ${difference.kind}`,
  )
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (first?.kind === undefined || group.length === 1) return group.map(withoutKind)
    const path = `${first.path} to ${group.at(-1)?.path.split(' ').at(-1)}`
    const value = `${group.length} × ${first.kind}`
    const present = (text: string | undefined): string | undefined => text && value
    return [{ path, left: present(first.left), right: present(first.right) }]
  })
}

const withoutKind = ({ path, left, right }: RawDifference): XmlDifference => ({ path, left, right })
