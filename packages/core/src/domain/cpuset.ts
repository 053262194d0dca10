import { quote } from '../errors.ts'
import { mapped, report, text } from '../xml/fields.ts'
import type { XmlField } from '../xml/fields.ts'

/** libvirt's bound for a CPU number in a set (VIR_DOMAIN_CPUMASK_LEN, src/conf/domain_conf.h). */
export const maxCpuNumber = 16383

/** `0-3,^2,8`: a set of CPUs or nodes, kept as rising numbers, written with ranges. */
export function cpuset(path: string): XmlField<readonly number[]> {
  return mapped(
    text(path),
    (written, scope) => {
      const parsed = parseCpuset(written)
      if (parsed === undefined) {
        const message = `${quote(written)} is not a set of numbers from 0 to ${maxCpuNumber}, such as '0-3,^2,8'`
        report(scope, 'ERR_XML_ERROR', message, path)
      }
      return parsed
    },
    formatCpuset,
  )
}

/** The numbers of a set, or nothing when it is not one. */
export function parseCpuset(written: string): readonly number[] | undefined {
  const set = new Set<number>()
  for (const part of written.split(',')) {
    const match = /^\s*(\^?)(0|[1-9]\d{0,4})(?:-(0|[1-9]\d{0,4}))?\s*$/.exec(part)
    if (match === null) return undefined
    const first = Number(match[2])
    const last = match[3] === undefined ? first : Number(match[3])
    if (last < first || last > maxCpuNumber) return undefined
    for (let n = first; n <= last; n++) {
      if (match[1] === '^') set.delete(n)
      else set.add(n)
    }
  }
  return set.size === 0 ? undefined : [...set].toSorted((a, b) => a - b)
}

/** Ranges where numbers follow each other: `0-3,8`. */
export function formatCpuset(numbers: readonly number[]): string {
  const parts: string[] = []
  for (let i = 0; i < numbers.length; i++) {
    const first = numbers[i] ?? 0
    let last = first
    while (numbers[i + 1] === last + 1) last = numbers[++i] ?? last
    parts.push(first === last ? `${first}` : `${first}-${last}`)
  }
  return parts.join(',')
}
