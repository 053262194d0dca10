import { readFileSync } from 'node:fs'
import { asksForAnswer, conditionProblem, regex } from '../peer/condition.ts'
import type { Condition } from '../peer/condition.ts'
import { parts } from './answer.ts'
import type { Part } from './answer.ts'

/**
 * A difference that is meant: a row of docs/deviations.md, with the condition under which it may
 * show. The condition speaks of the case's document and of the answers, never of its id; paths are
 * those below the document's root.
 */
export interface Deviation {
  /** The slug of the row in docs/deviations.md. */
  readonly id: string
  readonly what: Part | readonly Part[]
  readonly match: Condition
  /** Which difference is meant, as it is shown; a verdict's is chosen by the condition. */
  readonly difference?: string
  /** Why it is so, in one sentence. */
  readonly reason: string
}

export const deviationsFile: URL = new URL('deviations.json', import.meta.url)

/** @throws Error, for whoever edits the file, with the place and what is wrong. */
export function readDeviations(file: URL = deviationsFile): readonly Deviation[] {
  return checkDeviations(JSON.parse(readFileSync(file, 'utf8')))
}

/** @throws Error where the value is not a list of deviations. */
export function checkDeviations(value: unknown): readonly Deviation[] {
  if (!Array.isArray(value)) throw new Error('deviations.json must be a list of rules')
  for (const [index, rule] of (value as unknown[]).entries()) {
    const problem = ruleProblem(rule)
    if (problem !== undefined) throw new Error(`deviations.json, rule ${index + 1}: ${problem}`)
  }
  return value as Deviation[]
}

export function partsIn({ what }: Deviation): readonly Part[] {
  return typeof what === 'string' ? [what] : what
}

const known = ['id', 'what', 'match', 'difference', 'reason']

function ruleProblem(rule: unknown): string | undefined {
  if (typeof rule !== 'object' || rule === null) return 'must be an object'
  const unknownKey = Object.keys(rule).find((key) => !known.includes(key))
  if (unknownKey !== undefined) return `unknown key "${unknownKey}"; known: ${known.join(', ')}`
  const { id, what, match, difference, reason } = rule as Partial<Record<string, unknown>>
  if (typeof id !== 'string' || !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(id)) {
    return '"id" must be a slug: small letters, digits and hyphens'
  }
  if (typeof reason !== 'string' || reason === '') return `${id}: "reason" must be a text`
  const named: unknown[] = Array.isArray(what) ? what : [what]
  if (named.length === 0 || !named.every((part) => (parts as readonly unknown[]).includes(part))) {
    return `${id}: "what" must be of ${parts.join(', ')}`
  }
  const problem = conditionProblem(match)
  if (problem !== undefined) return `${id}: "match": ${problem}`
  // A rule must say which differences it means, or it would excuse whatever a case shows.
  if (named.includes('domain verdict') && !asksForAnswer(match as Condition)) {
    return `${id}: a rule about verdicts must match "ourError", "libvirtError" or "libvirtStage"`
  }
  if (named.some((part) => part !== 'domain verdict') && difference === undefined) {
    return `${id}: "difference" is missing`
  }
  const broken = difference === undefined ? undefined : regex(difference)
  return broken === undefined ? undefined : `${id}: "difference" ${broken}`
}
