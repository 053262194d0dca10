import type { Face } from '@polyvirt/conformance-report'
import type { Planned } from '../plan-scenario.ts'
import { acceptedPlan, unclaimed } from '../run-scenario.ts'
import type { Scenario } from '../scenario.ts'
import type { Target } from '../target.ts'

/** A scenario with what a target's tables make of it. */
export interface JudgedScenario {
  readonly scenario: Scenario
  readonly face: Face
  /** Its plan, where the target accepts it; a plan that fails is the model tier's to report. */
  readonly planned?: Planned
}

export function judgeScenario(scenario: Scenario, target: Target): JudgedScenario {
  const isRefused = scenario.refused !== undefined || unclaimed(scenario, target).length > 0
  if (isRefused) return { scenario, face: 'refused' }
  let planned: Planned | undefined
  try {
    planned = acceptedPlan(scenario, target)
  } catch {
    return { scenario, face: 'offered' }
  }
  // What a rule of the machine may refuse shows its other face where it does.
  if (planned === undefined) {
    return { scenario, face: scenario.mayRefuse === undefined ? 'offered' : 'refused' }
  }
  return { scenario, face: 'offered', planned }
}
