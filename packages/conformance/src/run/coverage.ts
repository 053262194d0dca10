import type { CaseResult, CoverageResult } from '@polyvirt/conformance-report'
import { offeredBy } from '../offered.ts'
import type { Target } from '../target.ts'
import type { ConformanceCase } from './conformance-case.ts'

/** What a target's tables offer, and what of it no case that ran has reached. */
export function coverageOf(
  target: Target,
  cases: readonly ConformanceCase[],
  results: ReadonlyMap<string, CaseResult>,
): CoverageResult {
  const { guest, profile } = target
  const reached = new Set(
    cases
      .filter((one) => one.guest === guest.name && one.machine === profile.name)
      .filter(({ id }) => (results.get(id)?.outcome ?? 'not-run') !== 'not-run')
      .flatMap(({ reaches }) => reaches),
  )
  const offered = offeredBy(target)
  return {
    guest: guest.name,
    machine: profile.name,
    offered,
    unreached: offered.filter((one) => !reached.has(one)),
  }
}
