import { printable } from '../core.ts'
import { displayWidth } from './display-width.ts'
import { wrapText } from './wrap-text.ts'

/**
 * A text behind a label, its further lines below its first one. The label's width counts as it is
 * without `paint`, which colours it. Everything is escaped here; lines of the text stay lines.
 */
export function formatHanging(
  label: string,
  text: string,
  columns?: number,
  paint: (label: string) => string = (plain) => plain,
): string {
  const before = displayWidth(label)
  const room = Math.max(24, (columns ?? Number.POSITIVE_INFINITY) - before)
  const lines = text.split('\n').flatMap((line) => wrapText(printable(line), room))
  return `${paint(printable(label))}${lines.join(`\n${' '.repeat(before)}`)}\n`
}
