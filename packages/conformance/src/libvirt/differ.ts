import type { CaseContext } from '../run/conformance-case.ts'
import type { Scenario } from '../scenario.ts'
import type { Target } from '../target.ts'
import { knownDifference, type DifferenceKind } from './known-differences.ts'

/** A difference that nobody has explained; its message is what a reader sees. */
class Difference extends Error {
  override readonly name = 'Difference'
}

interface Differing {
  readonly scenario: Scenario
  readonly target: Target
  readonly leave: CaseContext['leave']
}

/** Passes over a difference that is known, and leaves as evidence which and why. */
export function differ(
  { scenario, target, leave }: Differing,
  kind: DifferenceKind,
  what: string,
): void {
  const known = knownDifference(scenario.id, target.guest.name, kind)
  if (known === undefined) throw new Difference(what)
  leave({ refusal: [{ code: 'known-difference', message: `${known.why}. ${what}` }] })
}
