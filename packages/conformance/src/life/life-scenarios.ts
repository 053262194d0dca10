import { lostState } from '@polyvirt/core'
import { canBePlugged, claims } from '../claims.ts'
import type { Scenario } from '../scenario.ts'
import type { Target } from '../target.ts'
import type { Act } from './act.ts'
import { acts } from './acts/index.ts'
import { lifeFeatures, lifeXml } from './life-domain.ts'
import type { Life } from './life.ts'
import { playActs } from './play-acts.ts'

/** One act as a target has it: played, or refused. */
interface Part extends Act {
  readonly isOffered: boolean
}

/** The acts of a target: those that it offers, and those that it must refuse. */
function partsOf(target: Target, features: string): readonly Part[] {
  const lacksAcpi = features === '' && claims(target, 'feature:acpi')
  return acts.flatMap((act): readonly Part[] => {
    if (act.applies?.(target) === false) return []
    const isOffered =
      act.uses.every((one) => claims(target, one)) &&
      !(act.byAcpi === true && lacksAcpi) &&
      (act.plugs === undefined || canBePlugged(target, act.plugs))
    if (isOffered) return [{ ...act, isOffered }]
    const { refused } = act
    if (refused === undefined) return []
    // What it would want of the document is not offered either.
    const { wants: _, drivers: __, ...rest } = act
    const title = `what is not offered is refused while the guest runs: ${act.title}`
    return [{ ...rest, title, uses: [], isOffered, play: refused }]
  })
}

const scenarioOf = (part: Part, target: Target, features: string): Scenario => ({
  id: part.id,
  title: part.title,
  uses: part.uses,
  domain: lifeXml([part], target, features),
  golden: false,
  live: false,
  ...(part.carries === true && { notRun: lostState }),
  ...(part.drivers === undefined ? {} : { drivers: () => part.drivers ?? [] }),
  expect: { life: part.play },
})

/**
 * What is done to a guest while it runs: each act by itself, and one guest that goes through all of them,
 * which is the one boot that a run can afford.
 */
export function lifeScenarios(target: Target): readonly Scenario[] {
  const features = lifeFeatures(target)
  const parts = partsOf(target, features)
  const together = parts.filter(({ last }) => last !== true)
  return [
    ...parts.map((part) => scenarioOf(part, target, features)),
    {
      id: wholeLife,
      title: 'a guest to which everything is done while it runs goes through all of it',
      uses: [...new Set(together.flatMap(({ uses }) => uses))],
      domain: lifeXml(together, target, features),
      golden: false,
      live: false,
      isLong: true,
      expect: {
        life: (life: Life) => playActs(together, life),
      },
    },
  ]
}

/** The scenario in which one guest goes through everything. */
export const wholeLife = 'life/whole'
