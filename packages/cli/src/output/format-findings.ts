import { printable } from '../core.ts'
import type { Finding } from '../core.ts'
import { displayWidth } from './display-width.ts'
import { formatHanging } from './format-hanging.ts'
import type { Style, Styles } from './style.ts'

type Level = Finding['level']

/** What `doctor` found, subject by subject, with the way to mend it below each. */
export function formatFindings(
  findings: readonly Finding[],
  styles: Styles,
  columns?: number,
): string {
  const paints: Readonly<Record<Level, Style>> = {
    ok: styles.good,
    note: styles.faint,
    warning: styles.mild,
    problem: styles.bad,
  }
  const topicWidth = Math.max(0, ...findings.map(({ topic }) => displayWidth(printable(topic))))
  const line = ({ level, topic, message, command }: Finding): string => {
    const shown = printable(topic)
    const label = `  ${level.padEnd(7)}  ${shown}${' '.repeat(topicWidth - displayWidth(shown))}  `
    const paint: Style = (plain) => plain.replace(level, paints[level](level))
    const found = formatHanging(label, message, columns, paint)
    // To be copied whole, so it is not broken.
    return command === undefined
      ? found
      : `${found}${' '.repeat(displayWidth(label) + 2)}${printable(command)}\n`
  }
  return [...Map.groupBy(findings, ({ subject }) => subject)]
    .map(
      ([subject, group]) =>
        `${subject === undefined ? 'This machine' : printable(subject)}\n${group.map(line).join('')}`,
    )
    .join('\n')
}

/** `no problems, 2 warnings, 1 note, 4 checks are fine`; of the others, only levels that occur. */
export function summarizeFindings(findings: readonly Finding[]): string {
  const count = (level: Level): number => findings.filter((each) => each.level === level).length
  const words = (['problem', 'warning', 'note'] as const)
    .map((level) => [level, count(level)] as const)
    .filter(([level, number]) => number > 0 || level === 'problem')
    .map(([level, number]) => `${number === 0 ? 'no' : number} ${level}${number === 1 ? '' : 's'}`)
  const fine = count('ok')
  if (fine > 0) words.push(`${fine} ${fine === 1 ? 'check is' : 'checks are'} fine`)
  return words.join(', ')
}
