import type { XmlElement } from '@polyvirt/core'
import type { Condition } from './condition.ts'

/** What a condition is held against. */
export interface Subject {
  readonly arch: string
  /** Absent where the document could not be read. */
  readonly document?: XmlElement
  readonly libvirtStage: string
  readonly libvirtError?: string
  readonly ourError?: string
  /** The lines of all differences of the case. */
  readonly lines?: readonly string[]
}

/** Does everything that the condition asks for hold? */
export function matches(condition: Condition, subject: Subject): boolean {
  const { arch, path, libvirtStage, libvirtError, ourError, besides, all, any } = condition
  return (
    (arch === undefined || oneOf(arch, subject.arch)) &&
    (libvirtStage === undefined || oneOf(libvirtStage, subject.libvirtStage)) &&
    (libvirtError === undefined || found(libvirtError, subject.libvirtError)) &&
    (ourError === undefined || found(ourError, subject.ourError)) &&
    (besides === undefined || (subject.lines ?? []).some((line) => found(besides, line))) &&
    (path === undefined || matchesPath(condition, path, subject.document)) &&
    (all === undefined || all.every((one) => matches(one, subject))) &&
    (any === undefined || any.some((one) => matches(one, subject)))
  )
}

function matchesPath(
  { value, pattern, absent }: Condition,
  path: string,
  document: XmlElement | undefined,
): boolean {
  // Nothing is known of a document that cannot be read, not even what it lacks.
  if (document === undefined) return false
  const there = valuesAt(document, path).some(
    (one) =>
      (value === undefined || oneOf(value, one)) && (pattern === undefined || found(pattern, one)),
  )
  return absent === true ? !there : there
}

/** The values of all places that a path names: of attributes, or the texts of elements. */
export function valuesAt(root: XmlElement, path: string): readonly string[] {
  const steps = path.split('/')
  const attribute = steps.at(-1)?.startsWith('@') === true ? steps.pop()?.slice(1) : undefined
  let elements: readonly XmlElement[] = [root]
  for (const step of steps) {
    elements = elements.flatMap(({ children }) =>
      children.filter(({ name }) => step === '*' || name === step),
    )
  }
  if (attribute === undefined) return elements.map(({ text }) => text.trim())
  return elements.flatMap(({ attributes }) => attributes.get(attribute) ?? [])
}

function oneOf(offered: string | readonly string[], value: string): boolean {
  return typeof offered === 'string' ? offered === value : offered.includes(value)
}

function found(pattern: string, value: string | undefined): boolean {
  return value !== undefined && new RegExp(pattern).test(value)
}
