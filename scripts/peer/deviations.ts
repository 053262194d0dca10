import { readFileSync } from 'node:fs'
import { kinds } from './comparison.ts'
import type { Kind } from './comparison.ts'
import { asksForAnswer, conditionProblem, regex } from './condition.ts'
import type { Condition } from './condition.ts'

/**
 * A difference that is meant: a row of docs/deviations.md, with the condition under which it may
 * show. It excuses differences of the kinds it names and no others.
 */
export interface Deviation {
  /** The slug of the row in docs/deviations.md. */
  readonly id: string
  /** `verdict`: one problem of a refusal; `xml`, `argv`: one line of a comparison. */
  readonly what: Kind | readonly Kind[]
  readonly match: Condition
  /** Which lines of a comparison; a verdict's are chosen by the condition. */
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

export function kindsOf({ what }: Deviation): readonly Kind[] {
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
  if (named.length === 0 || !named.every((kind) => (kinds as readonly unknown[]).includes(kind))) {
    return `${id}: "what" must be of ${kinds.join(', ')}`
  }
  const problem = conditionProblem(match)
  if (problem !== undefined) return `${id}: "match": ${problem}`
  return (
    linesProblem(id, named, rule as Deviation) ??
    (difference === undefined ? undefined : prefixed(id, regex(difference)))
  )
}

function prefixed(id: string, problem: string | undefined): string | undefined {
  return problem === undefined ? undefined : `${id}: "difference" ${problem}`
}

/** A rule must say which differences it means, or it would excuse a whole document. */
function linesProblem(
  id: string,
  named: readonly unknown[],
  { match, difference }: Deviation,
): string | undefined {
  if (named.includes('verdict') && !asksForAnswer(match)) {
    return `${id}: a rule about verdicts must match "ourError", "libvirtError" or "libvirtStage"`
  }
  const compared = named.some((kind) => kind !== 'verdict')
  if (compared && difference === undefined) return `${id}: "difference" is missing`
  if (!compared && difference !== undefined) {
    return `${id}: "difference" says nothing of a verdict; match "ourError"`
  }
  return undefined
}
