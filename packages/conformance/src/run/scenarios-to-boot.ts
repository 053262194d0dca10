import type { Arch } from '@polyvirt/core/arch'
import { everything } from '../everything.ts'
import { wholeLife } from '../life/life-scenarios.ts'
import type { Scenario } from '../scenario.ts'
import type { Target } from '../target.ts'
import { judgeScenario, type JudgedScenario } from './judged-scenario.ts'
import type { Boots } from './run-options.ts'

/** Whether a scenario has something to do in the guest tier. */
export const asksGuest = ({ expect = {} }: Scenario): boolean =>
  [expect.guest, expect.inside, expect.life, expect.firmware].some((one) => one !== undefined)

/** Whether it is more than a report that a guest is asked for. */
const doesSomething = ({ expect = {} }: Scenario): boolean =>
  [expect.inside, expect.firmware].some((one) => one !== undefined)

export interface BootChoice {
  readonly boots: Boots
  readonly cpus: readonly string[]
  /** One guest goes through everything that can be done to it, even where few are booted. */
  readonly lives?: boolean
}

/**
 * Which scenarios boot a guest. Every machine boots one with a bit of everything; the first of an
 * architecture also one for each CPU model, and, unless there are to be few, one that goes through all
 * that is done to a guest that runs, and every scenario in which a guest is told to do something. What a
 * report alone shows, and each change by itself, is left to those who want all.
 */
export function scenariosToBoot(
  judged: readonly JudgedScenario[],
  target: Target,
  { boots, cpus, lives }: BootChoice,
): readonly Scenario[] {
  if (boots === 'none') return []
  const isFirst = isFirstOf(target.arch, target)
  const models = isFirst ? cpus.map((cpu) => judgeScenario(everything(target, cpu), target)) : []
  return [...judged, ...models].flatMap(({ scenario, planned }) => {
    const isWanted =
      boots === 'all' ||
      scenario.id.startsWith('guest/') ||
      (isFirst && scenario.id === wholeLife && (boots === 'most' || lives === true)) ||
      (boots === 'most' && isFirst && doesSomething(scenario))
    return planned !== undefined && isWanted && asksGuest(scenario) ? [scenario] : []
  })
}

const isFirstOf = ({ guests, machine }: Arch, { guest, profile }: Target): boolean =>
  guest === guests[0] && profile.name === machine.profiles[0].name
