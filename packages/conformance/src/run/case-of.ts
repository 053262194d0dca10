import type { Face, Tier } from '@polyvirt/conformance-report'
import { missingNeed } from '../host-needs.ts'
import type { Scenario } from '../scenario.ts'
import type { Target } from '../target.ts'
import type { CaseContext, ConformanceCase } from './conformance-case.ts'

/** Generous: a case that takes longer hangs, however slow the machine is. */
const timeoutMs: Readonly<Record<Tier, number>> = {
  laws: 60_000,
  model: 60_000,
  golden: 60_000,
  live: 120_000,
  guest: 1_800_000,
  nested: 3_600_000,
}

export interface CaseParts {
  readonly face?: Face
  readonly reaches?: readonly string[]
  readonly run: (context: CaseContext) => void | Promise<void>
}

/** One scenario on one target in one tier. */
export const caseOf = (
  scenario: Pick<Scenario, 'id' | 'title' | 'isLong'>,
  target: Pick<Target, 'arch' | 'guest' | 'profile'>,
  tier: Tier,
): Omit<ConformanceCase, 'run' | 'face' | 'reaches'> => ({
  id: `${target.guest.name}/${target.profile.name}/${tier}/${scenario.id}`,
  arch: target.arch.name,
  guest: target.guest.name,
  machine: target.profile.name,
  tier,
  scenario: scenario.id,
  title: scenario.title,
  timeoutMs: timeoutMs[tier] * (scenario.isLong === true ? 2 : 1),
})

/** What a scenario needs of this machine and does not find. */
export function notRunFor({ needs }: Scenario): Pick<ConformanceCase, 'notRun'> {
  const notRun = missingNeed(needs)
  return notRun === undefined ? {} : { notRun }
}

/** A whole tier of a target that this machine cannot try: one case that says why. */
export const notRunCase = (
  target: Pick<Target, 'arch' | 'guest' | 'profile'>,
  tier: Tier,
  notRun: string,
): ConformanceCase => ({
  ...caseOf({ id: `suite/${tier}`, title: `the ${tier} tier` }, target, tier),
  face: 'offered',
  reaches: [],
  notRun,
  run: () => {},
})
