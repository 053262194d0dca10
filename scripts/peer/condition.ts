/**
 * What a deviation asks of a case. It speaks of the document and of the answers, never of a file's
 * name. All members of one object must hold together.
 */
export interface Condition {
  /** The guest architecture: the document's own, or that of its folder where it names none. */
  readonly arch?: string | readonly string[]
  /**
   * A place in the document below `<domain>`, such as `devices/input/@bus` or `os/loader`; `*`
   * stands for any element. Holds where at least one such place is there, and its value (an
   * attribute's, or an element's own text without outer blanks) is as `value` or `pattern` say.
   */
  readonly path?: string
  readonly value?: string | readonly string[]
  readonly pattern?: string
  /** No such place, or none with such a value. */
  readonly absent?: true
  /** What the peer did: `accepted`, `define` or `argv`. */
  readonly libvirtStage?: string | readonly string[]
  readonly libvirtError?: string
  /** The one problem at hand, of those that polyvirt refused with. */
  readonly ourError?: string
  /** Another difference of the case, of which the one at hand is a consequence. */
  readonly besides?: string
  readonly all?: readonly Condition[]
  readonly any?: readonly Condition[]
}

type Check = (value: unknown) => string | undefined

const text: Check = (value) =>
  typeof value === 'string' && value !== '' ? undefined : 'must be a text'

const texts: Check = (value) => {
  const list: unknown[] = Array.isArray(value) ? value : [value]
  return list.length > 0 && list.every((one) => text(one) === undefined)
    ? undefined
    : 'must be a text or a list of texts'
}

/** No message and no difference is this, so what matches it matches whatever comes. */
const anything = '\u2020'

/** A regular expression, as text, that does not match everything. */
export const regex: Check = (value) => {
  if (text(value) !== undefined) return text(value)
  try {
    return RegExp(value as string).test(anything) ? 'would match anything' : undefined
  } catch (error) {
    return error instanceof Error ? error.message : 'is no regular expression'
  }
}

const conditions: Check = (value) => {
  if (!Array.isArray(value) || value.length === 0) return 'must be a list of conditions'
  for (const one of value as unknown[]) {
    const problem = conditionProblem(one)
    if (problem !== undefined) return problem
  }
  return undefined
}

const members: Readonly<Record<keyof Condition, Check>> = {
  arch: texts,
  path: text,
  value: texts,
  pattern: regex,
  absent: (value) => (value === true ? undefined : 'must be true'),
  libvirtStage: texts,
  libvirtError: regex,
  ourError: regex,
  besides: regex,
  all: conditions,
  any: conditions,
}

/** What is wrong with a condition as read from a file, or nothing. */
export function conditionProblem(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return 'a condition must be an object'
  }
  const keys = Object.keys(value)
  if (keys.length === 0) return 'an empty condition would match everything'
  for (const [key, found] of Object.entries(value)) {
    if (!Object.hasOwn(members, key)) {
      return `unknown condition "${key}"; known: ${Object.keys(members).join(', ')}`
    }
    const problem = members[key as keyof Condition](found)
    if (problem !== undefined) return `"${key}": ${problem}`
  }
  const valued = keys.filter((key) => ['value', 'pattern', 'absent'].includes(key))
  if (valued.length > 0 && !keys.includes('path')) return `"${valued[0]}" needs a "path"`
  if (keys.includes('value') && keys.includes('pattern')) return 'give "value" or "pattern"'
  return undefined
}

/** Does the condition, anywhere in it, ask for one of the answers? */
export function asksForAnswer(condition: Condition): boolean {
  return asksFor(condition, ['libvirtStage', 'libvirtError', 'ourError'])
}

/** … for the problem that polyvirt refused with? */
export function asksForOurError(condition: Condition): boolean {
  return asksFor(condition, ['ourError'])
}

function asksFor(condition: Condition, answers: readonly (keyof Condition)[]): boolean {
  return (
    answers.some((answer) => condition[answer] !== undefined) ||
    (condition.all ?? []).some((one) => asksFor(one, answers)) ||
    (condition.any !== undefined && condition.any.every((one) => asksFor(one, answers)))
  )
}
