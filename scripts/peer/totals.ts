import { kinds } from './comparison.ts'
import type { Kind } from './comparison.ts'
import type { Judgement } from './judge.ts'

/** Of how many, how many are equal, and how many more differ only by deviations. */
export interface Count {
  of: number
  equal: number
  excused: number
}

export interface Totals extends Record<Kind, Count> {
  cases: number
  /** Verdicts that hang on the peer's host; not among `verdict`. */
  hostBound: Count
}

export function totalsOf(judgements: readonly Judgement[]): Totals {
  const totals = {
    cases: judgements.length,
    verdict: blank(),
    xml: blank(),
    argv: blank(),
    hostBound: blank(),
  }
  for (const { outcomes, hostBound } of judgements) {
    for (const kind of kinds) {
      const outcome = outcomes[kind]
      if (outcome === 'void') continue
      const count = totals[kind === 'verdict' && hostBound ? 'hostBound' : kind]
      count.of++
      if (outcome === 'equal') count.equal++
      if (outcome === 'excused') count.excused++
    }
  }
  return totals
}

/** Totals of each architecture folder, in the order of their names. */
export function totalsByArch(judgements: readonly Judgement[]): ReadonlyMap<string, Totals> {
  const groups = Map.groupBy(judgements, ({ key }) => key.split('/')[0] ?? '')
  const names = [...groups.keys()].toSorted()
  return new Map(names.map((name) => [name, totalsOf(groups.get(name) ?? [])]))
}

function blank(): Count {
  return { of: 0, equal: 0, excused: 0 }
}
