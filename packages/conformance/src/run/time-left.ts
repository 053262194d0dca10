import type { Tier } from '@polyvirt/conformance-report'
import type { ConformanceCase } from './conformance-case.ts'

/** What is known of how long cases take. */
export interface TimeLeft {
  /** A case has taken this long. */
  took(one: ConformanceCase, durationMs: number): void
  /** For these cases, with so many of a tier at a time; undefined while there is nothing to go by. */
  of(open: Iterable<ConformanceCase>): number | undefined
}

/**
 * Guesses from what each case took in an earlier run, else from its tier's average in this one.
 *
 * @param atATime how many cases of a tier run at once
 */
export function timeLeft(
  earlierMs: ReadonlyMap<string, number>,
  atATime: (tier: Tier) => number,
): TimeLeft {
  const sums = new Map<Tier, { readonly ms: number; readonly count: number }>()
  return {
    took({ tier }, durationMs) {
      const { ms, count } = sums.get(tier) ?? { ms: 0, count: 0 }
      sums.set(tier, { ms: ms + durationMs, count: count + 1 })
    },
    of(open) {
      let total = 0
      for (const { id, tier } of open) {
        const average = sums.get(tier)
        const ms = earlierMs.get(id) ?? (average && average.ms / average.count)
        if (ms === undefined) return undefined
        total += ms / atATime(tier)
      }
      return Math.round(total)
    },
  }
}
