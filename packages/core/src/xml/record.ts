import { childNamed } from './element.ts'
import type { XmlElement } from './element.ts'
import { plainPath, report } from './field.ts'
import type { ReadScope, XmlField, XmlFields } from './field.ts'
import { namesFor, reportUnknown } from './unknown-words.ts'
import type { XmlWriter } from './writer.ts'

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
  for (const entry of entriesOf(fields)) {
    if (!entry.always && !isWritten(entry, scope.element)) continue
    const { key, field } = entry
    const before = scope.report.problems.length
    const found = field.read(scope)
    if (found !== undefined) result[key] = found
    else if ('required' in field && scope.report.problems.length === before) {
      const path = plainPath(field.knows[0] ?? key)
      report(scope, 'ERR_XML_ERROR', `${describe(path)} is missing`)
    }
  }
  return result as T
}

/** Writes a record below the writer's element, field by field. */
export function writeRecord<T>(values: T, fields: XmlFields<T>, writer: XmlWriter): void {
  for (const { key, field } of entriesOf(fields)) {
    const v = (values as Record<string, unknown>)[key]
    if (v !== undefined) field.write(v, writer)
  }
}

/** A field of a record, and by what its element shows that it has something to read. */
interface Entry {
  readonly key: string
  readonly field: XmlField<unknown>
  /** To be asked whatever is written. */
  readonly always: boolean
  readonly attributes: readonly string[]
  readonly children: readonly string[]
}

/** Records are declared once and read many times, so their fields are listed once. */
const entriesCache = new WeakMap<object, readonly Entry[]>()

function entriesOf(fields: object): readonly Entry[] {
  let entries = entriesCache.get(fields)
  if (entries === undefined) {
    entries = Object.entries(fields as Readonly<Record<string, XmlField<unknown>>>).map(
      ([key, field]) => entryOf(key, field),
    )
    entriesCache.set(fields, entries)
  }
  return entries
}

function entryOf(key: string, field: XmlField<unknown>): Entry {
  const heads = field.knows.map((path) => plainPath(path.split('/')[0] ?? ''))
  const isAttribute = (head: string): boolean => head.startsWith('@')
  return {
    key,
    field,
    always: heads.length === 0 || heads.includes('.') || 'required' in field,
    attributes: heads.filter(isAttribute).map((head) => head.slice(1)),
    children: heads.filter((head) => !isAttribute(head)),
  }
}

/** A record has many fields and a document few of them: most need not be asked. */
function isWritten({ attributes, children }: Entry, element: XmlElement): boolean {
  for (const name of attributes) if (element.attributes.has(name)) return true
  if (element.children.length === 0) return false
  for (const name of children) if (childNamed(element, name) !== undefined) return true
  return false
}

function describe(path: string): string {
  const attribute = /@([^/]+)$/.exec(path)
  return attribute ? `attribute ${path.replaceAll('/@', '@')}` : `<${path}>`
}
