import { isDeepStrictEqual } from 'node:util'
import { readXml } from '@polyvirt/core'
import { matches } from '../peer/matches.ts'
import { partsOf, stageOf } from './answer.ts'
import type { Answer, Part } from './answer.ts'
import type { MatrixCase } from './cases/matrix-case.ts'
import { describeDifference } from './difference.ts'
import { partsIn } from './deviations.ts'
import type { Deviation } from './deviations.ts'

/**
 * `void`: nothing to compare. `excused`: different, and a deviation; or an excused refusal leaves
 * nothing to compare.
 */
export type Outcome = 'void' | 'equal' | 'excused' | 'different'

/** A difference that no rule covers. */
export interface Difference {
  readonly part: Part
  /** `libvirt X, polyvirt Y`, or one problem of a refusal. */
  readonly line: string
}

export interface Judgement {
  readonly case: MatrixCase
  readonly outcomes: Readonly<Partial<Record<Part, Outcome>>>
  readonly remaining: readonly Difference[]
  /** Numbers of the rules that covered something. */
  readonly used: ReadonlySet<number>
}

interface Held {
  readonly one: MatrixCase
  readonly libvirt: Answer
  readonly polyvirt: Answer
}

/** Holds the two answers to a case against each other, and the rest against the deviations. */
export function judge(held: Held, deviations: readonly Deviation[]): Judgement {
  const { one, libvirt, polyvirt } = held
  const used = new Set<number>()
  const remaining: Difference[] = []
  const compare = (part: Part): Outcome => {
    const [theirs, ours] = [libvirt.parts[part], polyvirt.parts[part]]
    if (theirs === undefined && ours === undefined) return 'void'
    if (isDeepStrictEqual(theirs, ours)) return 'equal'
    const rest = linesOf(held, part).filter((line) => {
      const one = { part, line, subject: subjectOf(held, part, line) }
      const rule = deviations.findIndex((deviation) => covers(deviation, one))
      if (rule >= 0) used.add(rule)
      return rule < 0
    })
    remaining.push(...rest.map((line) => ({ part, line })))
    return rest.length === 0 ? 'excused' : 'different'
  }
  if (one.kind !== 'domain') {
    const outcomes = partsOf[one.kind].map((part) => [part, compare(part)] as const)
    return { case: one, outcomes: Object.fromEntries(outcomes), remaining, used }
  }
  const verdict = compare('domain verdict')
  /** What only one of the two got as far as: there is nothing to compare it with. */
  const behind = (part: Part): Outcome => {
    const [theirs, ours] = [libvirt.parts[part], polyvirt.parts[part]]
    if (theirs !== undefined && ours !== undefined) return compare(part)
    // Where the refusal is ours, what libvirt has is not there for our users.
    return theirs === undefined || verdict === 'equal' ? 'void' : verdict
  }
  const outcomes = {
    'domain verdict': verdict,
    'domain error': bothRefuse(held) ? compare('domain error') : 'void',
    dumpxml: behind('dumpxml'),
    '-cpu': behind('-cpu'),
    '-machine': behind('-machine'),
  } as const
  return { case: one, outcomes, remaining, used }
}

function bothRefuse({ libvirt, polyvirt }: Held): boolean {
  return [libvirt, polyvirt].every(({ parts }) => parts['domain error'] !== undefined)
}

/** The differences of one part; of a refusal of ours each problem, for each must be covered. */
function linesOf({ libvirt, polyvirt }: Held, part: Part): readonly string[] {
  const accepted = polyvirt.parts['domain verdict'] === 'accepted'
  if (part === 'domain verdict' && !accepted && polyvirt.message !== undefined) {
    return polyvirt.message.split('\n')
  }
  const line = describeDifference(libvirt.parts[part], polyvirt.parts[part])
  const said = [libvirt.message, polyvirt.message].flatMap((message, at) =>
    message === undefined ? [] : `${['libvirt', 'polyvirt'][at]} says: ${message}`,
  )
  return [[line, ...said].join('; ').replaceAll('\n', ' ')]
}

interface Line {
  readonly part: Part
  readonly line: string
  /** What conditions speak of. */
  readonly subject: Parameters<typeof matches>[1]
}

function subjectOf({ one, libvirt, polyvirt }: Held, part: Part, line: string): Line['subject'] {
  const ourError = part === 'domain verdict' ? line : polyvirt.message
  return {
    arch: one.arch,
    libvirtStage: stageOf(libvirt),
    // A file of several CPUs has no root of its own.
    ...(one.xml !== undefined && {
      document: readXml(one.kind === 'domain' ? one.xml : `<file>${one.xml}</file>`),
    }),
    ...(libvirt.message !== undefined && { libvirtError: libvirt.message }),
    ...(ourError !== undefined && polyvirt.message !== undefined && { ourError }),
  }
}

function covers(deviation: Deviation, { part, line, subject }: Line): boolean {
  if (!partsIn(deviation).includes(part)) return false
  if (!matches(deviation.match, subject)) return false
  return part === 'domain verdict' || new RegExp(deviation.difference ?? '$^').test(line)
}
