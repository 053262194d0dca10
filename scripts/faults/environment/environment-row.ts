import { verdictOf } from '../engine/row.ts'
import type { Row } from '../engine/row.ts'
import { prepareGuestLab } from '../random/guest-lab.ts'
import { environmentCases } from './cases.ts'
import type { EnvironmentCase } from './cases.ts'

/** So many in all make the five hundred rounds of the plan. */
const rounds = 34

export const environmentRows: readonly Row[] = environmentCases.map(environmentRow)

function environmentRow({ name, what, run }: EnvironmentCase): Row {
  return {
    name: `environment/${name}`,
    what,
    async open(lab) {
      await prepareGuestLab(lab)
      await lab.must(['define', lab.path('64.xml')])
      await lab.keep()
      return {
        points: Array.from({ length: rounds }, (_, i) => `${i}`),
        async trial(point) {
          await lab.restore()
          return verdictOf(await run(lab, Number(point)))
        },
        [Symbol.asyncDispose]: () => lab.clear(),
      }
    },
  }
}
