import type { Place } from '../errors.ts'
import { childNamed } from './element.ts'
import type { XmlElement } from './element.ts'
import { join, plainPath } from './field.ts'
import type { ReadScope, RequiredXmlField, XmlField, XmlFields } from './field.ts'
import { readElement, writeRecord } from './record.ts'

export { plainPath, report } from './field.ts'
export { known, readElement, writeRecord } from './record.ts'
export type {
  Assumption,
  ReadReport,
  ReadScope,
  RequiredXmlField,
  XmlField,
  XmlFields,
} from './field.ts'
export { mapped } from './mapped.ts'
export { hex, integer, nonEmpty, onOff, oneOf, present, text, yesNo } from './value-fields.ts'
export type { NumberRange } from './value-fields.ts'

/** Where a field reads that looks into an element of its own. */
function below(scope: ReadScope, element: XmlElement, step: string): ReadScope {
  return { element, path: join(scope.path, step), report: scope.report }
}

/** A record below one child: `<driver …/>`, or below a path: `driver/host`. */
export function record<T>(name: string, fields: XmlFields<T>): XmlField<T> {
  const steps = name.split('/')
  return {
    knows: [`${name}>`],
    read(scope) {
      let { element } = scope
      for (const step of steps) {
        const child = childNamed(element, step)
        if (child === undefined) return undefined
        element = child
      }
      return readElement(below(scope, element, name), fields)
    },
    write(v, writer) {
      writeRecord(v, fields, writer.open(steps))
    },
  }
}

/** A field that reads its own child, one element deeper: `<source><address …/></source>`. */
export function within<T>(name: string, field: XmlField<T>): XmlField<T> {
  return {
    knows: field.knows.map((path) => `${name}/${path}`),
    read(scope) {
      const element = childNamed(scope.element, name)
      if (element === undefined) return undefined
      return field.read(below(scope, element, name))
    },
    write: (v, writer) => field.write(v, writer.open([name])),
  }
}

/** Takes more names without a word: what stands there belongs to a run, not to a definition. */
export function ignored<T>(field: XmlField<T>, ...names: string[]): XmlField<T> {
  return { ...field, knows: [...field.knows, ...names] }
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
        readElement(below(scope, element, `${name}[${i + 1}]`), fields),
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
      const child = childNamed(scope.element, name)
      return child === undefined ? undefined : withNamespaces(child.source, scope.element)
    },
    write: (source, writer) => writer.raw(source),
  }
}

/** Prefixes that the source uses and an outer element declares, declared where they are needed. */
function withNamespaces(source: string, outer: XmlElement): string {
  // What an element further in declares holds for that one only.
  const opening = /^<[^>]*>/.exec(source)?.[0] ?? ''
  const missing = [...outer.attributes]
    .filter(([key]) => key.startsWith('xmlns:') && !opening.includes(`${key}=`))
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
