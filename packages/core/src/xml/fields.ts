import { nearest } from '../nearest.ts'
import { quote } from '../errors.ts'
import { isNotBuilt } from './not-built.ts'
import { homeOf } from './misplaced.ts'
import type { ErrorCode, Place, Problem } from '../errors.ts'
import type { XmlElement } from './element.ts'
import type { XmlWriter } from './writer.ts'

/**
 * Declarations that read and write XML.
 *
 * A device's interface is written by hand and documented; beside it stands one record of fields,
 * typed {@link XmlFields}, so a forgotten field is a compile error. A field names its place with a
 * small path: `@type`, `driver/@cache`, `serial` (the text of a child), `.` (own text). Fields are
 * written in the order in which they are declared, which is libvirt's order.
 */

/** Collects what reading finds; `problems` refuse the document, `warnings` do not. */
export interface ReadReport {
  readonly problems: Problem[]
  readonly warnings: Problem[]
  /** What reading took for granted where the document says nothing. */
  readonly assumed: Assumption[]
}

/** A value that a document leaves out and every reader fills in alike. */
export interface Assumption {
  readonly path: string
  readonly value: string
}

/** Where a field reads from: an element, its path in the domain, and the report to fill. */
export interface ReadScope {
  readonly element: XmlElement
  readonly path: string
  readonly report: ReadReport
}

/** Reads and writes one value of type T. */
export interface XmlField<T> {
  /** Attribute and child names this field understands, as paths below the element. */
  readonly knows: readonly string[]
  read(scope: ReadScope): T | undefined
  write(value: T, writer: XmlWriter): void
}

/** A field whose absence is an error; what a non-optional property needs. */
export interface RequiredXmlField<T> extends XmlField<T> {
  readonly required: true
}

type OptionalKeys<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T]

/** One field per property of T: required properties need a {@link required} field. */
export type XmlFields<T> = {
  readonly [K in keyof T]-?: K extends OptionalKeys<T>
    ? XmlField<Exclude<T[K], undefined>>
    : RequiredXmlField<T[K]>
}

/** Adds a problem at the scope's element, or at what stands below it. */
export function report(scope: ReadScope, code: ErrorCode, message: string, below = ''): void {
  const path = below === '' ? scope.path : join(scope.path, below)
  scope.report.problems.push({ code, message, path, place: placeOf(scope.element, below) })
}

/** Where a path below an element begins; the element itself where nothing of it is there. */
function placeOf(element: XmlElement, below: string): Place {
  let at = element
  for (const step of below.split('/')) {
    const child = at.children.find((one) => one.name === step)
    if (child === undefined) break
    at = child
  }
  return at.place
}

// --- values -------------------------------------------------------------------------------------

/** How one piece of text becomes a value and back. `undefined` from `parse` means: not valid. */
interface Codec<T> {
  parse(text: string): T | undefined
  format(value: T): string
  /** What would have been valid, for the message. */
  offered: string
  code?: ErrorCode
  suggest?(text: string): string | undefined
}

function value<T>(path: string, codec: Codec<T>): XmlField<T> {
  const steps = path.split('/')
  return {
    knows: [path],
    read(scope) {
      const found = locate(scope, steps)
      if (found === undefined) return undefined
      const parsed = codec.parse(found.text)
      if (parsed === undefined) {
        const near = codec.suggest?.(found.text)
        scope.report.problems.push({
          code: codec.code ?? 'ERR_XML_ERROR',
          message: `${quote(found.text)} is not ${codec.offered}${near === undefined ? '' : `; did you mean '${near}'?`}`,
          path: join(scope.path, path),
          place: found.element.place,
        })
      }
      return parsed
    },
    write(v, writer) {
      writer.put(steps, codec.format(v))
    },
  }
}

interface Located {
  readonly text: string
  readonly element: XmlElement
}

/** The text at a path, or nothing. A single element that stands twice is an error (first wins). */
function locate(scope: ReadScope, steps: readonly string[]): Located | undefined {
  let element = scope.element
  for (const step of steps) {
    if (step === '.') return { text: element.text, element }
    if (step.startsWith('@')) {
      const text = element.attributes.get(step.slice(1))
      return text === undefined ? undefined : { text, element }
    }
    const child = element.children.find((one) => one.name === step)
    if (child === undefined) return undefined
    element = child
  }
  return { text: element.text, element }
}

const asText: Codec<string> = { parse: (t) => t, format: (v) => v, offered: 'text' }

/** Text as it is written. */
export function text(path: string): XmlField<string> {
  return value(path, asText)
}

/** Text, where an empty element or attribute says the same as a missing one. */
export function nonEmpty(path: string): XmlField<string> {
  return mapped(
    text(path),
    (v) => (v === '' ? undefined : v),
    (v) => v,
  )
}

/** One of a closed list of words; a near miss is named. */
export function oneOf<const T extends string>(
  path: string,
  words: readonly T[],
  code: ErrorCode = 'ERR_XML_ERROR',
): XmlField<T> {
  return value<T>(path, {
    parse: (t) => words.find((word) => word === t),
    format: (v) => v,
    offered: `one of ${words.join(', ')}`,
    suggest: (t) => nearest(t, words),
    code,
  })
}

/** `yes` and `no`. */
export function yesNo(path: string): XmlField<boolean> {
  return value(path, {
    parse: (t) => (t === 'yes' ? true : t === 'no' ? false : undefined),
    format: (v) => (v ? 'yes' : 'no'),
    offered: `'yes' or 'no'`,
  })
}

/** `on` and `off`. */
export function onOff(path: string): XmlField<boolean> {
  return value(path, {
    parse: (t) => (t === 'on' ? true : t === 'off' ? false : undefined),
    format: (v) => (v ? 'on' : 'off'),
    offered: `'on' or 'off'`,
  })
}

/** What a number may be; the bounds are inclusive. */
export interface NumberRange {
  readonly min?: number
  readonly max?: number
  /** For the message: `a port`, `a number of vCPUs`. */
  readonly what?: string
  readonly code?: ErrorCode
}

const digits = /^(?:0|[1-9][0-9]*)$/
const signedDigits = /^-?(?:0|[1-9][0-9]*)$/

/** A decimal whole number: digits only, no sign, no blanks, no exponent; one rule everywhere. */
export function integer(path: string, range: NumberRange = {}): XmlField<number> {
  const min = range.min ?? 0
  const max = range.max ?? Number.MAX_SAFE_INTEGER
  const pattern = min < 0 ? signedDigits : digits
  return value(path, {
    parse(t) {
      if (!pattern.test(t)) return undefined
      const number = Number(t)
      return Number.isSafeInteger(number) && number >= min && number <= max ? number : undefined
    },
    format: String,
    offered: `${range.what ?? 'a number'} from ${min} to ${max === Number.MAX_SAFE_INTEGER ? '2^53-1' : max}`,
    ...(range.code && { code: range.code }),
  })
}

/** A whole number, decimal or `0x…`, written back as `0x` and `width` digits. */
export function hex(path: string, width: number, range: NumberRange = {}): XmlField<number> {
  const min = range.min ?? 0
  const max = range.max ?? 2 ** 48
  return value(path, {
    parse(t) {
      if (!/^(?:0[xX][0-9a-fA-F]{1,13}|0|[1-9][0-9]{0,14})$/.test(t)) return undefined
      const number = Number(t)
      return number >= min && number <= max ? number : undefined
    },
    format: (v) => `0x${v.toString(16).padStart(width, '0')}`,
    offered: `${range.what ?? 'a number'} from 0x${min.toString(16)} to 0x${max.toString(16)}`,
  })
}

/** The child exists: `<readonly/>`. */
export function present(name: string): XmlField<boolean> {
  return {
    knows: [name],
    read: (scope) => (scope.element.children.some((c) => c.name === name) ? true : undefined),
    write: (v, writer) => {
      if (v) writer.open([name])
    },
  }
}

// --- structure ----------------------------------------------------------------------------------

/** A record below one child: `<driver …/>`. An empty path reads from the element itself. */
export function record<T>(name: string, fields: XmlFields<T>): XmlField<T> {
  return {
    knows: name === '' ? known(fields) : [`${name}>`],
    read(scope) {
      if (name === '') return readRecord(scope, fields)
      const child = scope.element.children.find((one) => one.name === name)
      if (child === undefined) return undefined
      const below = { ...scope, element: child, path: join(scope.path, name) }
      return readElement(below, fields)
    },
    write(v, writer) {
      writeRecord(v, fields, name === '' ? writer : writer.open([name]))
    },
  }
}

/** All children of one name, in their order. */
export function list<T>(name: string, fields: XmlFields<T>): XmlField<readonly T[]> {
  const steps = name.split('/')
  return {
    knows: [`${name}*`],
    read(scope) {
      let elements: readonly XmlElement[] = [scope.element]
      for (const step of steps) {
        elements = elements.flatMap((e) => e.children.filter((c) => c.name === step))
      }
      if (elements.length === 0) return undefined
      return elements.map((element, i) =>
        readElement({ ...scope, element, path: join(scope.path, `${name}[${i + 1}]`) }, fields),
      )
    },
    write(values, writer) {
      for (const v of values) writeRecord(v, fields, writer.append(steps))
    },
  }
}

/** The text of all children of one name. */
export function texts(name: string): XmlField<readonly string[]> {
  return {
    knows: [`${name}*`],
    read(scope) {
      const found = scope.element.children.filter((c) => c.name === name).map((c) => c.text)
      return found.length === 0 ? undefined : found
    },
    write(values, writer) {
      for (const v of values) writer.append([name]).text(v)
    },
  }
}

/** A child kept as it stands in the document, namespaces and all. */
export function verbatim(name: string): XmlField<string> {
  return {
    knows: [`${name}!`],
    read(scope) {
      const child = scope.element.children.find((c) => c.name === name)
      return child === undefined ? undefined : withNamespaces(child.source, scope.element)
    },
    write: (source, writer) => writer.raw(source),
  }
}

/** Prefixes that the source uses and an outer element declares, declared where they are needed. */
function withNamespaces(source: string, outer: XmlElement): string {
  const missing = [...outer.attributes]
    .filter(([key]) => key.startsWith('xmlns:') && !source.includes(`${key}=`))
    .filter(([key]) => source.includes(`${key.slice('xmlns:'.length)}:`))
    .map(([key, uri]) => ` ${key}='${uri.replace(/[&<']/g, (c) => `&#${c.charCodeAt(0)};`)}'`)
  return source.replace(/^<[^\s/>]+/, (tag) => `${tag}${missing.join('')}`)
}

/** Where something stands in the user's document. */
export interface Origin {
  /** Path below `<domain>`, with the document's own counting: `devices/disk[2]`. */
  readonly path: string
  readonly place: Place
}

/**
 * Remembers where a record was read, so that a later judgement of it has its line. Never written:
 * it belongs to the reading, not to the domain.
 */
export const originField: XmlField<Origin> = {
  knows: [],
  read: (scope) => ({ path: scope.path, place: scope.element.place }),
  write: () => {},
}

/** Names that a field takes without a word: what another tool wrote there says nothing here. */
export function alongside<T>(field: RequiredXmlField<T>, ...names: string[]): RequiredXmlField<T> {
  return { ...field, knows: [...field.knows, ...names] }
}

/** The property may not be missing. */
export function required<T>(field: XmlField<T>): RequiredXmlField<T> {
  return { ...field, required: true }
}

/** Another value for a missing property, so that the model need not carry `undefined`. */
export function fallback<T>(field: XmlField<T>, byDefault: T): RequiredXmlField<T> {
  const read = (scope: ReadScope): T => {
    const found = field.read(scope)
    if (found !== undefined) return found
    const path = join(scope.path, plainPath(field.knows[0] ?? ''))
    if (typeof byDefault !== 'object') scope.report.assumed.push({ path, value: String(byDefault) })
    return byDefault
  }
  return { ...field, required: true, read }
}

/** Changes a field's value on its way in and out; reading may refuse with `undefined`. */
export function mapped<A, B>(
  field: XmlField<A>,
  into: (value: A, scope: ReadScope) => B | undefined,
  out: (value: B) => A,
): XmlField<B> {
  return {
    knows: field.knows,
    read(scope) {
      const found = field.read(scope)
      return found === undefined ? undefined : into(found, scope)
    },
    write: (v, writer) => field.write(out(v), writer),
  }
}

// --- records ------------------------------------------------------------------------------------

/** All paths that a record understands. */
export function known<T>(fields: XmlFields<T>): string[] {
  return Object.values<XmlField<unknown>>(fields).flatMap((field) => field.knows)
}

/** Reads a record from an element and reports every name in it that no field understands. */
export function readElement<T>(scope: ReadScope, fields: XmlFields<T>): T {
  reportUnknown(
    scope,
    namesFor(fields, () => known(fields)),
  )
  return readRecord(scope, fields)
}

function readRecord<T>(scope: ReadScope, fields: XmlFields<T>): T {
  const result: Record<string, unknown> = {}
  const entries = Object.entries<XmlField<unknown>>(fields)
  for (const [key, field] of entries) {
    const before = scope.report.problems.length
    const found = field.read(scope)
    if (found !== undefined) result[key] = found
    else if ('required' in field && scope.report.problems.length === before) {
      const path = field.knows[0] ?? key
      report(scope, 'ERR_XML_ERROR', `${describe(path)} is missing`)
    }
  }
  return result as T
}

/** Writes a record below the writer's element, field by field. */
export function writeRecord<T>(values: T, fields: XmlFields<T>, writer: XmlWriter): void {
  for (const [key, field] of Object.entries<XmlField<unknown>>(fields)) {
    const v = (values as Record<string, unknown>)[key]
    if (v !== undefined) field.write(v, writer)
  }
}

function describe(path: string): string {
  const attribute = /@([^/]+)$/.exec(path)
  return attribute ? `attribute ${path.replaceAll('/@', '@')}` : `<${path}>`
}

/** A known path without the mark that says who reads it. */
export function plainPath(path: string): string {
  return path.replace(/[*>!]/g, '').replace(/\/\.$/, '')
}

function join(path: string, below: string): string {
  return path === '' ? below : `${path}/${below}`
}

/** How a child is read: its text, by deeper paths, by a field of its own, or not at all. */
interface ChildNames {
  /** Paths below the child that are understood here; `undefined` when its field looks itself. */
  readonly below: string[] | undefined
  readonly repeats: boolean
}

interface Names {
  readonly attributes: Set<string>
  readonly children: Map<string, ChildNames>
  /** Does a field read the element's own text? */
  text: boolean
}

/**
 * Paths carry a mark for who reads the child: `disk*` a list, `driver>` one record, `metadata!`
 * kept whole; without a mark the path itself says all that is understood.
 */
function namesOf(paths: readonly string[]): Names {
  const names: Names = { attributes: new Set(), children: new Map(), text: false }
  for (const path of paths) {
    const [head = '', ...rest] = path.split('/')
    if (head === '' || head === '.') {
      names.text = true
      continue
    }
    if (head.startsWith('@')) {
      names.attributes.add(head.slice(1))
      continue
    }
    const mark = /[*>!]$/.exec(head)?.[0]
    const name = mark === undefined ? head : head.slice(0, -1)
    const below = mark === undefined || rest.length > 0 ? rest.join('/') : undefined
    const before = names.children.get(name)
    if (before?.below !== undefined && below !== undefined) before.below.push(below)
    else
      names.children.set(name, {
        below: below === undefined ? undefined : [below],
        repeats: mark === '*',
      })
  }
  return names
}

const namesCache = new WeakMap<object, Names>()

function namesFor(fields: object, paths: () => readonly string[]): Names {
  let names = namesCache.get(fields)
  if (names === undefined) namesCache.set(fields, (names = namesOf(paths())))
  return names
}

/** Warns about what no field understands, with the nearest word that one does. */
function reportUnknown(scope: ReadScope, names: Names): void {
  const { element } = scope
  for (const attribute of element.attributes.keys()) {
    if (names.attributes.has(attribute) || /^xmlns(?:$|:)/.test(attribute)) continue
    const elsewhere = holderOf(attribute, names)
    warn(
      scope,
      `@${attribute}`,
      `attribute ${quote(attribute)}`,
      attribute,
      names.attributes,
      elsewhere,
    )
  }
  if (!names.text && element.text.trim() !== '') {
    const { path, report: found } = scope
    const message = `the text ${quote(element.text.trim())} in <${shown(element.name)}> is ignored`
    found.warnings.push({ code: 'ERR_XML_INVALID_SCHEMA', path, place: element.place, message })
  }
  const seen = new Map<string, XmlElement>()
  for (const child of element.children) {
    const inner = { ...scope, element: child }
    const understood = names.children.get(child.name)
    if (understood === undefined) {
      reportChild(inner, element.name, names)
      continue
    }
    const first = seen.get(child.name)
    if (first !== undefined && !understood.repeats) {
      const message = `<${child.name}> may stand only once; the first is at line ${first.place.line}`
      report(inner, 'ERR_XML_ERROR', message, `${child.name}[2]`)
    }
    seen.set(child.name, child)
    if (understood.below === undefined) continue
    const below = understood.below
    const path = join(scope.path, child.name)
    reportUnknown(
      { ...inner, path },
      namesFor(understood, () => below),
    )
  }
}

/** An element that no field here understands: another release's, misplaced, or misspelt. */
function reportChild(scope: ReadScope, parent: string, names: Names): void {
  const { name } = scope.element
  if (isNotBuilt(parent, name)) {
    const message = `<${name}> is part of libvirt's schema, but polyvirt does not offer it yet; remove it to go without`
    report(scope, 'ERR_CONFIG_UNSUPPORTED', message, name)
    return
  }
  const home = homeOf(name, parent)
  const elsewhere = home === undefined ? undefined : `it belongs in <${home}>`
  warn(scope, name, `element <${shown(name)}>`, name, names.children.keys(), elsewhere)
}

/** A name from the document, for a message. */
function shown(name: string): string {
  return quote(name).slice(1, -1)
}

/** The child on which an attribute would be understood: `cache` stands on `<driver>`. */
function holderOf(attribute: string, names: Names): string | undefined {
  for (const [child, { below }] of names.children) {
    if (below?.includes(`@${attribute}`) === true) return `it belongs on <${child}>`
  }
  return undefined
}

function warn(
  scope: ReadScope,
  below: string,
  message: string,
  word: string,
  words: Iterable<string>,
  elsewhere?: string,
): void {
  const near = elsewhere === undefined ? nearest(word, words) : undefined
  const way = elsewhere ?? (near === undefined ? undefined : `did you mean '${near}'?`)
  scope.report.warnings.push({
    code: 'ERR_XML_INVALID_SCHEMA',
    path: join(scope.path, below),
    place: scope.element.place,
    message: `unknown ${message} is ignored${way === undefined ? '' : `; ${way}`}`,
  })
}
