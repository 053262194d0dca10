import { askLive } from '../ask-live.ts'
import { liveTraits } from '../live-traits.ts'
import { isBlank } from '../on-board.ts'
import { inContext } from '../run-scenario.ts'
import type { Scenario } from '../scenario.ts'
import { startQemu } from '../started-qemu.ts'
import type { Target } from '../target.ts'
import { caseOf, notRunFor } from './case-of.ts'
import type { CaseContext, ConformanceCase } from './conformance-case.ts'
import type { JudgedScenario } from './judged-scenario.ts'
import { planEvidence } from './plan-evidence.ts'

/** Each scenario that is accepted is started paused, and QEMU says what it is made of. */
export const liveCases = (
  judged: readonly JudgedScenario[],
  target: Target,
  here: () => Promise<Target>,
): readonly ConformanceCase[] =>
  judged.flatMap(({ scenario, planned }) =>
    planned === undefined || scenario.live === false
      ? []
      : [
          {
            ...caseOf(scenario, target, 'live'),
            face: 'offered' as const,
            reaches: [],
            ...notRunFor(scenario),
            ...(isBlank(planned.asked.os.kernel) && {
              notRun: `${target.profile.name} starts only a kernel of its own; the guest tier has one`,
            }),
            run: async (context) => runLive(scenario, await here(), context),
          },
        ],
  )

async function runLive(scenario: Scenario, target: Target, context: CaseContext): Promise<void> {
  const { leave, signal } = context
  leave({ xml: scenario.domain })
  await using qemu = await startQemu(scenario.domain, target, {
    signal,
    onPlanned: (planned) => leave(planEvidence(planned)),
  })
  const answers: Record<string, unknown> = {}
  leave({ live: answers })
  const machine = await askLive(qemu.qmp, (question, answer) => (answers[question] = answer))
  for (const { name, check } of liveTraits) {
    await inContext(`live trait "${name}"`, () => check(machine, qemu.planned))
  }
  await inContext('expectation', () => scenario.expect?.live?.(machine, qemu.planned))
}
