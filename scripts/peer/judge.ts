import type { XmlElement } from '@polyvirt/core'
import { differenceLine } from './comparison.ts'
import type { Comparison, Difference, Kind } from './comparison.ts'
import { asksForOurError } from './condition.ts'
import { kindsOf } from './deviations.ts'
import type { Deviation } from './deviations.ts'
import { matches } from './matches.ts'
import type { Refusal } from './plan-cases.ts'

/** A case with all that rules may ask about. */
export interface JudgedCase {
  readonly comparison: Comparison
  readonly arch: string
  readonly document?: XmlElement
  readonly refusal: Refusal
  readonly libvirtError?: string
}

/**
 * `void`: nothing to compare. `excused`: different, and every difference is a deviation; or a
 * refusal that is excused leaves nothing to compare.
 */
export type Outcome = 'void' | 'equal' | 'excused' | 'different'

export interface Judgement {
  readonly key: string
  readonly outcomes: Readonly<Record<Kind, Outcome>>
  /** Counted apart: the peer refused for the sake of its host. */
  readonly hostBound: boolean
  /** Differences that no rule covers. */
  readonly remaining: readonly { readonly kind: Kind; readonly line: string }[]
  /** Ids of the rules that covered something. */
  readonly used: ReadonlySet<string>
}

/** Holds a comparison against the deviations. */
export function judge(one: JudgedCase, deviations: readonly Deviation[]): Judgement {
  const { comparison } = one
  const used = new Set<string>()
  const remaining: { kind: Kind; line: string }[] = []
  const uncovered = (kind: Kind): boolean => {
    const rest = linesOf(one, kind).filter((line) => {
      const rule = deviations.find((deviation) => covers(deviation, { one, kind, line }))
      if (rule !== undefined) used.add(rule.id)
      return rule === undefined
    })
    // A verdict that hangs on the peer's host is counted apart, and is nobody's difference.
    const counts = kind !== 'verdict' || !comparison.hostBound
    if (counts) remaining.push(...rest.map((line) => ({ kind, line })))
    return rest.length > 0
  }
  const outcomeOf = (kind: Kind): Outcome => {
    const equal = comparison[kind]
    if (equal !== false) return equal === null ? 'void' : 'equal'
    return uncovered(kind) ? 'different' : 'excused'
  }
  const verdict = outcomeOf('verdict')
  // What is not there because of a refusal is as the refusal is.
  const refused = one.refusal.length > 0 && verdict !== 'void'
  const isStored = comparison.candidateStage === 'argv'
  const compared = (kind: Exclude<Kind, 'verdict'>): Outcome =>
    refused && comparison[kind] === false && !(isStored && kind === 'xml')
      ? verdict === 'excused'
        ? 'excused'
        : 'different'
      : outcomeOf(kind)
  const outcomes = { verdict, xml: compared('xml'), argv: compared('argv') }
  return { key: comparison.key, outcomes, hostBound: comparison.hostBound, remaining, used }
}

/** The differences of one kind, one line each; at least one. */
function linesOf({ comparison, refusal, libvirtError }: JudgedCase, kind: Kind): readonly string[] {
  if (kind !== 'verdict') {
    const differences = differencesOf(comparison, kind)
    if (differences.length === 0) return [`${kind}: the comparer names no difference`]
    return differences.map(differenceLine)
  }
  if (refusal.length > 0) return refusal
  return [`libvirt refuses (${comparison.stage}): ${libvirtError ?? 'it did not say why'}`]
}

function differencesOf(
  comparison: Comparison,
  kind: Exclude<Kind, 'verdict'>,
): readonly Difference[] {
  return kind === 'xml' ? comparison.xmlDifferences : comparison.argvDifferences
}

interface Line {
  readonly one: JudgedCase
  readonly kind: Kind
  readonly line: string
}

function covers(deviation: Deviation, { one, kind, line }: Line): boolean {
  if (!kindsOf(deviation).includes(kind)) return false
  const { comparison, arch, document, refusal, libvirtError } = one
  // What libvirt refused for another reason does not excuse what we refuse.
  const ours = kind === 'verdict' && refusal.length > 0
  if (ours && !asksForOurError(deviation.match)) return false
  const { xmlDifferences, argvDifferences } = comparison
  const subject = {
    arch,
    libvirtStage: comparison.stage,
    lines: [...xmlDifferences, ...argvDifferences].map(differenceLine),
    ...(document !== undefined && { document }),
    ...(libvirtError !== undefined && { libvirtError }),
    ...(ours && { ourError: line }),
  }
  if (!matches(deviation.match, subject)) return false
  if (kind === 'verdict') return true
  if (!new RegExp(deviation.difference ?? '$^').test(line)) return false
  return deviation.moved !== true || isMoved(line, differencesOf(comparison, kind))
}

/** Is the thing that one program has in this place in another place of the same list for the other? */
function isMoved(line: string, differences: readonly Difference[]): boolean {
  const moved = differences.find((one) => differenceLine(one) === line)
  if (moved === undefined) return false
  const { path, libvirt, candidate } = moved
  const list = listOf(path)
  return (
    (libvirt === undefined) !== (candidate === undefined) &&
    differences.some(
      (one) => listOf(one.path) === list && one.libvirt === candidate && one.candidate === libvirt,
    )
  )
}

/** A path without the place in its last list. */
function listOf(path: string): string {
  return path.replace(/\[[^\]]*\]$/, '')
}
