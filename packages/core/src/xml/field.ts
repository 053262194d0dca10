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

/**
 * Reads and writes one value of type T.
 *
 * A field reads nothing but what it `knows`, and is not asked where nothing of that is written; one
 * that has a value there nevertheless is a {@link RequiredXmlField}, which always is.
 */
export interface XmlField<T> {
  /**
   * Attribute and child names this field understands, as paths below the element; of none, it is
   * always asked.
   */
  readonly knows: readonly string[]
  read(scope: ReadScope): T | undefined
  write(value: T, writer: XmlWriter): void
}

/** A field that has a value, or whose absence is an error; what a non-optional property needs. */
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

/** A known path without the mark that says who reads it. */
export function plainPath(path: string): string {
  return path.replace(/[*>!]/g, '').replace(/\/\.$/, '')
}

/** A path with a step more. */
export function join(path: string, below: string): string {
  return path === '' ? below : `${path}/${below}`
}
