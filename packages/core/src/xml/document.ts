import { DomainError, quote } from '../errors.ts'
import type { Place, Problem } from '../errors.ts'
import type { XmlElement } from './element.ts'
import { readElement, writeRecord } from './fields.ts'
import type { Assumption, XmlFields } from './fields.ts'
import { readXml } from './read-xml.ts'
import { XmlWriter } from './writer.ts'

/** What a document is made of: its root's name, and the fields of the record in it. */
export interface DocumentKind<T> {
  /** `network`, `pool`, `volume`, … */
  readonly root: string
  readonly fields: XmlFields<T>
}

export interface ReadDocument<T> {
  readonly value: T
  /** What the document says and nobody here understands: ignored, never in silence. */
  readonly warnings: readonly Problem[]
  /** Values that a schema gives to what the document leaves out. */
  readonly assumed: readonly Assumption[]
  /** The place of a path in the document, or of the nearest element above it. */
  locate(path: string): Place | undefined
}

export interface ReadDocumentOptions {
  /** Unknown elements and attributes are errors. */
  readonly validate?: boolean
}

/**
 * Reads a document into a record: through the gate, with the place of everything, and with the
 * nearest known word for what is not known.
 *
 * @throws DomainError `ERR_XML_ERROR` and others, with every problem found, each with line and path.
 */
export function readDocument<T>(
  source: string,
  { root, fields }: DocumentKind<T>,
  options: ReadDocumentOptions = {},
): ReadDocument<T> {
  const element = readXml(source)
  if (element.name !== root) {
    const message = `the document is <${quote(element.name).slice(1, -1)}>; expected <${root}>`
    throw new DomainError([{ code: 'ERR_XML_ERROR', place: element.place, message }])
  }
  const report = { problems: [] as Problem[], warnings: [] as Problem[], assumed: [] }
  const value = readElement({ element, path: '', report }, fields)
  const named = (problem: Problem): Problem => (root === 'domain' ? problem : { ...problem, root })
  const warnings = report.warnings.map(named)
  const problems = report.problems.map(named)
  const [first, ...rest] = options.validate === true ? [...problems, ...warnings] : problems
  if (first !== undefined) throw new DomainError([first, ...rest])
  return { value, warnings, assumed: report.assumed, locate: (path) => locate(element, path) }
}

/** Writes a record as libvirt prints such a document. */
export function writeDocument<T>(value: T, { root, fields }: DocumentKind<T>): string {
  const writer = new XmlWriter(root)
  writeRecord(value, fields, writer)
  return writer.toString()
}

function locate(root: XmlElement, path: string): Place {
  let element = root
  for (const step of path.split('/')) {
    if (step.startsWith('@')) break
    const [, name = step, number = '1'] = /^(.+?)\[(\d+)\]$/.exec(step) ?? []
    const child = element.children.filter((one) => one.name === name)[Number(number) - 1]
    if (child === undefined) break
    element = child
  }
  return element.place
}
