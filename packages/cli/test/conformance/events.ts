import type { CaseResult, Outcome, Tier } from '@polyvirt/conformance-report'
import type { CaseHead, ConformanceEvent } from '@polyvirt/conformance/run'

/** A run of these many cases by guest architecture and tier, as the engine tells of it. */
export type Plan = Readonly<Record<string, Readonly<Partial<Record<Tier, number>>>>>

export function planned(plan: Plan): ConformanceEvent {
  const groups = Object.entries(plan).flatMap(([guest, tiers]) =>
    Object.entries(tiers).map(([tier, total]) => ({
      guest,
      machine: 'virt',
      tier: tier as Tier,
      total,
    })),
  )
  return { kind: 'planned', total: groups.reduce((sum, { total }) => sum + total, 0), groups }
}

export const head = (guest: string, tier: Tier, scenario: string): CaseHead => ({
  id: `${guest}/virt/${tier}/${scenario}`,
  arch: guest,
  guest,
  machine: 'virt',
  tier,
  scenario,
  title: 'a sentence',
  face: 'offered',
  timeoutMs: 1000,
  reaches: [],
})

export function finished(
  one: CaseHead,
  outcome: Outcome,
  rest: Partial<CaseResult> & { readonly remainingMs?: number } = {},
): ConformanceEvent {
  const { timeoutMs: _, reaches: __, ...own } = one
  const { remainingMs, ...result } = rest
  return {
    kind: 'finished',
    case: { ...own, outcome, durationMs: 83_000, ...result },
    done: 1,
    total: 10,
    counts: {
      passed: Number(outcome === 'passed'),
      failed: Number(outcome === 'failed'),
      notRun: Number(outcome === 'not-run'),
    },
    ...(remainingMs !== undefined && { remainingMs }),
  }
}
