import type { Fixtures } from '../fixtures.ts'
import { checkGolden } from '../golden.ts'
import type { Target } from '../target.ts'
import { caseOf } from './case-of.ts'
import type { ConformanceCase } from './conformance-case.ts'
import type { JudgedScenario } from './judged-scenario.ts'

/** The command line of each scenario that is accepted is the one that was reviewed. */
export const goldenCases = (
  judged: readonly JudgedScenario[],
  target: Target,
  { folder }: Fixtures,
): readonly ConformanceCase[] =>
  judged.flatMap(({ scenario, planned }) =>
    planned === undefined || scenario.golden === false
      ? []
      : [
          {
            ...caseOf(scenario, target, 'golden'),
            face: 'offered' as const,
            reaches: [],
            run({ leave }) {
              leave({ argv: planned.argv })
              checkGolden(folder, scenario, planned)
            },
          },
        ],
  )
