import { families } from './cases/matrix-case.ts'
import type { Family } from './cases/matrix-case.ts'
import { parts } from './answer.ts'
import type { Part } from './answer.ts'
import type { Judgement } from './judge.ts'

/** Of how many, how many are equal, and how many more differ only by deviations. */
export interface Count {
  of: number
  equal: number
  excused: number
}

export type Agreement = Readonly<Record<Family, Readonly<Record<Part, Count>>>>

export function agreementOf(judgements: readonly Judgement[]): Agreement {
  const agreement = Object.fromEntries(
    families.map((family) => [
      family,
      Object.fromEntries(parts.map((part) => [part, { of: 0, equal: 0, excused: 0 }])),
    ]),
  ) as Agreement
  for (const { case: one, outcomes } of judgements) {
    for (const part of parts) {
      const outcome = outcomes[part] ?? 'void'
      if (outcome === 'void') continue
      const count = agreement[one.family][part]
      count.of++
      if (outcome !== 'different') count[outcome]++
    }
  }
  return agreement
}
