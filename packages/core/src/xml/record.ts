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
  const table = tableOf(fields)
  for (const number of written(scope.element, table)) {
    const entry = table.entries[number]
    if (entry === undefined) continue
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
  for (const { key, field } of tableOf(fields).entries) {
    const v = (values as Record<string, unknown>)[key]
    if (v !== undefined) field.write(v, writer)
  }
}

interface Entry {
  readonly key: string
  readonly field: XmlField<unknown>
}

/** The fields of a record in their order, and by their numbers who is to be asked. */
interface Table {
  readonly entries: readonly Entry[]
  /** Those that are asked whatever is written. */
  readonly always: readonly number[]
  /** Those that read an attribute, or something in a child, by its name. */
  readonly byAttribute: ReadonlyMap<string, readonly number[]>
  readonly byChild: ReadonlyMap<string, readonly number[]>
}

/** Records are declared once and read many times, so their fields are listed once. */
const tables = new WeakMap<object, Table>()

function tableOf(fields: object): Table {
  let table = tables.get(fields)
  if (table === undefined) tables.set(fields, (table = makeTable(fields)))
  return table
}

function makeTable(fields: object): Table {
  const entries = Object.entries(fields as Readonly<Record<string, XmlField<unknown>>>).map(
    ([key, field]) => ({ key, field }),
  )
  const always: number[] = []
  const byAttribute = new Map<string, number[]>()
  const byChild = new Map<string, number[]>()
  for (const [number, { field }] of entries.entries()) {
    const heads = field.knows.map((path) => plainPath(path.split('/')[0] ?? ''))
    if (heads.length === 0 || heads.includes('.') || 'required' in field) {
      always.push(number)
      continue
    }
    for (const head of new Set(heads)) {
      const [names, name] = head.startsWith('@') ? [byAttribute, head.slice(1)] : [byChild, head]
      names.set(name, [...(names.get(name) ?? []), number])
    }
  }
  return { entries, always, byAttribute, byChild }
}

/**
 * Which fields have something to read, in their order. A record has many fields and a document few of
 * them, so what is written names them, rather than each being asked whether it is.
 */
function written(element: XmlElement, { always, byAttribute, byChild }: Table): readonly number[] {
  const numbers = [...always]
  const add = (more: readonly number[] | undefined): void => {
    if (more === undefined) return
    for (const number of more) if (!numbers.includes(number)) numbers.push(number)
  }
  for (const name of element.attributes.keys()) add(byAttribute.get(name))
  for (const { name } of element.children) add(byChild.get(name))
  return numbers.toSorted((a, b) => a - b)
}

function describe(path: string): string {
  const [, element, attribute] = /(?:([^/]+)\/)?@([^/]+)$/.exec(path) ?? []
  if (attribute === undefined) return `<${path}>`
  return element === undefined ? `attribute ${attribute}='…'` : `<${element} ${attribute}='…'>`
}
