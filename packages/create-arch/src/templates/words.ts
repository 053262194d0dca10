import type { ArchNames } from '../arch-names.ts'
import type { ArchPlan } from '../arch-plan.ts'

/** `m68k` or `ppc64le, ppc64`. */
export function guestList({ guests }: Pick<ArchNames, 'guests'>): string {
  return guests.join(', ')
}

/** A string of the sources, in the quotes that need no escape, as the formatter has it. */
export function quoted(text: string): string {
  const plain = text.replaceAll('\\', '\\\\')
  return plain.includes("'") && !plain.includes('"')
    ? `"${plain}"`
    : `'${plain.replaceAll("'", "\\'")}'`
}

/** A property with a text, broken after its name where the line would be too long. */
export function textProperty(name: string, text: string, indent: string): string {
  const line = `${indent}${name}: ${quoted(text)},\n`
  return line.length <= maxLine + 1 ? line : `${indent}${name}:\n${indent}  ${quoted(text)},\n`
}

/** Columns of a line of source. */
const maxLine = 100

/** A key of an object literal, quoted where it must be. */
export function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name)
}

/** `QEMU 7.2.22 (qemu-system-m68k)` where one was asked. */
export function askedQemu({ facts }: ArchPlan): string | undefined {
  return facts && `QEMU ${facts.version} (${facts.name})`
}

/** A comment of so many lines as it takes, each indented and no longer than the formatter's. */
export function comment(text: string, indent = ''): string {
  const width = 98 - indent.length
  const lines: string[] = []
  let line = '//'
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > width && line !== '//') {
      lines.push(line)
      line = '//'
    }
    line += ` ${word}`
  }
  return [...lines, line].map((one) => `${indent}${one}\n`).join('')
}
