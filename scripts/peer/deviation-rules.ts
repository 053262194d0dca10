import { readFileSync } from 'node:fs'
import { asksForAnswer, conditionProblem, regex } from './condition.ts'
import type { Condition } from './condition.ts'

/**
 * A difference that is meant: a row of docs/deviations.md, with the condition under which it may
 * show. It excuses differences of the kinds it names and no others.
 */
export interface DeviationOf<Kind extends string> {
  /** The slug of the row in docs/deviations.md. */
  readonly id: string
  readonly what: Kind | readonly Kind[]
  readonly match: Condition
  /** Which differences, as they are shown; a verdict's are chosen by the condition. */
  readonly difference?: string
  /** Only where the same thing stands in another place of the same list: its order differs, no more. */
  readonly moved?: true
  /** Why it is so, in one sentence. */
  readonly reason: string
}

/** What a file of such rules may speak of. */
export interface Vocabulary<Kind extends string> {
  readonly kinds: readonly Kind[]
  /** The kind that compares no lines: one program took the document, the other did not. */
  readonly verdict: Kind
}

/** @throws Error, for whoever edits the file, with the place and what is wrong. */
export function readRules<Kind extends string>(
  file: URL,
  vocabulary: Vocabulary<Kind>,
): readonly DeviationOf<Kind>[] {
  return checkRules(JSON.parse(readFileSync(file, 'utf8')), vocabulary)
}

/** @throws Error where the value is not a list of deviations. */
export function checkRules<Kind extends string>(
  value: unknown,
  vocabulary: Vocabulary<Kind>,
): readonly DeviationOf<Kind>[] {
  if (!Array.isArray(value)) throw new Error('deviations.json must be a list of rules')
  for (const [index, rule] of (value as unknown[]).entries()) {
    const problem = ruleProblem(rule, vocabulary)
    if (problem !== undefined) throw new Error(`deviations.json, rule ${index + 1}: ${problem}`)
  }
  return value as DeviationOf<Kind>[]
}

/** The kinds that a rule names, one or several. */
export function kindsIn<Kind extends string>({ what }: DeviationOf<Kind>): readonly Kind[] {
  return typeof what === 'string' ? [what] : what
}

const known = ['id', 'what', 'match', 'difference', 'moved', 'reason']

function ruleProblem(rule: unknown, { kinds, verdict }: Vocabulary<string>): string | undefined {
  if (typeof rule !== 'object' || rule === null) return 'must be an object'
  const unknownKey = Object.keys(rule).find((key) => !known.includes(key))
  if (unknownKey !== undefined) return `unknown key "${unknownKey}"; known: ${known.join(', ')}`
  const { id, what, match, difference, moved, reason } = rule as Partial<Record<string, unknown>>
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
  // A rule must say which differences it means, or it would excuse whatever a case shows.
  if (named.includes(verdict) && !asksForAnswer(match as Condition)) {
    return `${id}: a rule about verdicts must match "ourError", "libvirtError" or "libvirtStage"`
  }
  const compared = named.some((kind) => kind !== verdict)
  if (compared && difference === undefined) return `${id}: "difference" is missing`
  if (!compared && difference !== undefined) {
    return `${id}: "difference" says nothing of a verdict; match "ourError"`
  }
  if (moved !== undefined && (moved !== true || named.includes(verdict))) {
    return `${id}: "moved" must be true, and says nothing of a verdict`
  }
  const broken = difference === undefined ? undefined : regex(difference)
  return broken === undefined ? undefined : `${id}: "difference" ${broken}`
}
