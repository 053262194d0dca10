import type { ConformanceRun } from '../results.ts'

/**
 * A run as JSON with everything that it has: read again with `readRun`. One case a line, so that
 * tools of lines can find and compare them.
 */
export function jsonReport(run: ConformanceRun): string {
  const { cases, ...head } = run
  const members = Object.entries(head).flatMap(([name, value]) => {
    const written = JSON.stringify(value)
    return written === undefined ? [] : [`${JSON.stringify(name)}:${written}`]
  })
  const lines = cases.map((one) => JSON.stringify(one))
  const list = lines.length === 0 ? '[]' : `[\n${lines.join(',\n')}\n]`
  return `{\n${[...members, `"cases":${list}`].join(',\n')}\n}\n`
}
