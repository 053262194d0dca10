import { invisible, quote } from '../errors.ts'
import { mapped, report, text } from '../xml/fields.ts'
import type { XmlField } from '../xml/fields.ts'

/** Longest name in bytes: with its suffixes it must still be a file name (NAME_MAX is 255). */
export const maxNameBytes = 200

/** `<name>` of whatever has one: a domain, a network, a pool. */
export const nameField: XmlField<string> = mapped(
  text('name'),
  (name, scope) => {
    const problem = nameProblem(name)
    if (problem === undefined) return name
    report(scope, 'ERR_XML_ERROR', `the name ${quote(name)} ${problem}`, 'name')
    return undefined
  },
  (name) => name,
)

/** What is wrong with a name, or nothing. */
export function nameProblem(name: string): string | undefined {
  if (name === '') return 'is empty'
  if (name === '.' || name === '..') return 'names a directory; choose another'
  if (name.includes('/')) return `holds a '/', which a name may not`
  if (invisible.test(name)) return 'holds a control character, or an invisible one'
  if (name.trim() !== name) return 'begins or ends with a blank'
  if (Buffer.byteLength(name) > maxNameBytes) return `is longer than ${maxNameBytes} bytes`
  return undefined
}

/** A UUID in any of its spellings, kept in lower case with dashes. */
export function uuidField(path: string): XmlField<string> {
  return mapped(
    text(path),
    (written, scope) => {
      const digits = written.replaceAll('-', '').toLowerCase()
      if (!/^[0-9a-f]{32}$/.test(digits)) {
        report(
          scope,
          'ERR_XML_ERROR',
          `${quote(written)} is not a UUID: 32 hexadecimal digits`,
          path,
        )
        return undefined
      }
      if (/^(.)\1+$/.test(digits)) {
        report(
          scope,
          'ERR_XML_ERROR',
          `the UUID ${quote(written)} has only equal digits: it identifies nothing`,
          path,
        )
        return undefined
      }
      return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    },
    (uuid) => uuid,
  )
}
