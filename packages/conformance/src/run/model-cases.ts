import { claims } from '../claims.ts'
import { checkModel } from '../run-scenario.ts'
import type { Target } from '../target.ts'
import { caseOf } from './case-of.ts'
import type { ConformanceCase } from './conformance-case.ts'
import type { JudgedScenario } from './judged-scenario.ts'
import { outcomeEvidence } from './plan-evidence.ts'

/** Each scenario is planned, or refused at the right place. */
export const modelCases = (
  judged: readonly JudgedScenario[],
  target: Target,
): readonly ConformanceCase[] =>
  judged.map(({ scenario, face }) => ({
    ...caseOf(scenario, target, 'model'),
    face,
    reaches: scenario.uses.filter((capability) => claims(target, capability)),
    run({ leave }) {
      leave({ xml: scenario.domain })
      checkModel(scenario, target, (outcome) => leave(outcomeEvidence(outcome)))
    },
  }))
