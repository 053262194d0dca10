import { DomainError, formatDomain, parseDomain, readXml } from '@polyvirt/core'
import type { RecordedPlan, RecordedPlanner } from '../lib/recorded-planner.ts'
import type { Mutant } from './corpus.ts'

/** What planning did with a mutant; `broken` is a bug. */
export type Outcome =
  | { readonly kind: 'planned'; readonly guestName: string }
  | { readonly kind: 'refused' }
  | { readonly kind: 'broken'; readonly why: string; readonly detail: string }

/** A single plan that takes longer is a bug, whatever comes of it. */
export const limitMs = 2000

/** Plans a mutant and checks everything that must hold of the answer. */
export async function checkPlan(
  plan: RecordedPlanner,
  { xml, guestName }: Pick<Mutant, 'xml' | 'guestName'>,
): Promise<Outcome> {
  const begun = performance.now()
  const answer = await attempt(() => plan(xml, guestName))
  const tookMs = performance.now() - begun
  if (tookMs > limitMs) return broken('slow', `planning took ${Math.round(tookMs)} ms`)
  const unsettled = checkFixpoint(xml)
  if (unsettled !== undefined) return unsettled
  if ('error' in answer) return checkRefusal(answer.error, xml)
  const { stored, argv, guestName: planned } = answer.value
  const again = await attempt(() => plan(stored, planned))
  if ('error' in again) {
    return broken('own output refused', `${textOf(again.error)}\n--- our output\n${stored}`)
  }
  return sameAgain({ stored, argv }, again.value) ?? { kind: 'planned', guestName: planned }
}

function sameAgain(
  first: Pick<RecordedPlan, 'stored' | 'argv'>,
  second: RecordedPlan,
): Outcome | undefined {
  if (second.stored !== first.stored) {
    return broken('own output planned differently', firstDifference(first.stored, second.stored))
  }
  const lines = ({ argv }: Pick<RecordedPlan, 'argv'>): string => argv.join('\n')
  if (lines(second) !== lines(first)) {
    return broken('own output runs differently', firstDifference(lines(first), lines(second)))
  }
  return undefined
}

/** What was read and written reads and writes the same again. */
function checkFixpoint(xml: string): Outcome | undefined {
  let once: string
  try {
    once = formatDomain(parseDomain(xml).domain)
  } catch (error) {
    // A refusal is judged elsewhere.
    return error instanceof DomainError ? undefined : broken('exception', textOf(error))
  }
  try {
    const twice = formatDomain(parseDomain(once).domain)
    if (twice === once) return undefined
    return broken('written differently the second time', firstDifference(once, twice))
  } catch (error) {
    return broken('own text refused', `${textOf(error)}\n--- our text\n${once}`)
  }
}

function checkRefusal(error: unknown, xml: string): Outcome {
  if (!(error instanceof DomainError)) return broken('exception', textOf(error))
  const nowhere = error.problems.find(({ path, code }) => path === undefined || code === undefined)
  if (nowhere !== undefined && !gateRefuses(xml)) {
    return broken('problem without a path', nowhere.message)
  }
  const { message } = error.problems[0]
  return error.code === 'ERR_INTERNAL_ERROR'
    ? broken('internal error', message)
    : { kind: 'refused' }
}

/** Is this no XML, or not a domain at all? Such a refusal has a line and no path. */
function gateRefuses(xml: string): boolean {
  try {
    return readXml(xml).name !== 'domain'
  } catch (error) {
    return error instanceof DomainError
  }
}

type Attempt<T> = { readonly value: T } | { readonly error: unknown }

async function attempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await work() }
  } catch (error) {
    return { error }
  }
}

function broken(why: string, detail: string): Outcome {
  return { kind: 'broken', why, detail }
}

function textOf(error: unknown): string {
  return error instanceof DomainError || !(error instanceof Error)
    ? String(error)
    : (error.stack ?? error.message)
}

function firstDifference(a: string, b: string): string {
  const [left, right] = [a.split('\n'), b.split('\n')]
  const at = left.findIndex((line, i) => line !== right[i])
  const line = at === -1 ? left.length : at
  return `line ${line + 1}: ${left[line]?.trim() ?? '(end)'} then ${right[line]?.trim() ?? '(end)'}`
}
