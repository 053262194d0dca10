import { printable } from '../core.ts'
import { displayWidth } from './display-width.ts'
import { wrapText } from './wrap-text.ts'

/** A name and its value; what is not known is left out. */
export type Field = readonly [name: string, value: string | number | undefined]

/**
 * Lines of names and values, as `nodeinfo` has them, two blanks in. Long values are broken at their
 * blanks to fit the terminal. Everything is escaped here.
 */
export function formatFields(fields: readonly Field[], columns?: number): string {
  const known = fields.filter(([, value]) => value !== undefined && value !== '')
  const width = Math.max(20, ...known.map(([name]) => displayWidth(printable(name)) + 1))
  const before = width + 3
  const room = Math.max(24, (columns ?? Number.POSITIVE_INFINITY) - before)
  return known
    .map(([name, value]) => {
      const label = `${printable(name)}:`
      const lines = wrapText(printable(String(value)), room)
      const start = `  ${label}${' '.repeat(width - displayWidth(label))} `
      return `${start}${lines.join(`\n${' '.repeat(before)}`)}\n`
    })
    .join('')
}

/** Parts of a longer answer, each below its title; parts with nothing in them are left out. */
export function formatSections(
  sections: readonly (readonly [title: string, body: string])[],
): string {
  return sections
    .filter(([, body]) => body !== '')
    .map(([title, body]) => `${title}\n${body}`)
    .join('\n')
}
