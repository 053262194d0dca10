import { Random } from '../../mutants/random.ts'
import { recoverAndInspect } from '../check/inspect.ts'
import type { Lab } from '../engine/lab.ts'
import { verdictOf } from '../engine/row.ts'
import type { Row } from '../engine/row.ts'
import { describe } from '../engine/run-program.ts'
import { prepareGuestLab, storedGuest, wordsOf } from '../random/guest-lab.ts'
import * as moves from '../random/model.ts'
import type { Move } from '../random/model.ts'
import { hasSerialOrder, saysBusy } from './serial.ts'

const rounds = 1000

interface Race {
  readonly name: string
  /** Done before, one after another. */
  readonly before: readonly Move[]
  /** Of these, so many at once. */
  readonly runners: readonly Move[]
  readonly count: readonly [least: number, most: number]
}

const stored = [moves.define(64)]
const running = [...stored, moves.start]

const races: readonly Race[] = [
  { name: 'define', before: [], runners: [moves.define(64), moves.define(96)], count: [2, 8] },
  { name: 'start', before: stored, runners: [moves.start], count: [2, 8] },
  { name: 'destroy', before: running, runners: [moves.destroy], count: [2, 8] },
  { name: 'start-destroy-undefine', before: stored, runners: [moves.start, moves.destroy, moves.undefine], count: [3, 6] },
  { name: 'define-undefine-list', before: [], runners: [moves.define(64), moves.undefine, moves.look('list', '--all')], count: [3, 6] },
  { name: 'attach-stats', before: running, runners: [moves.attach, moves.look('domstats', 'g'), moves.look('domblklist', 'g')], count: [3, 6] },
  { name: 'snapshot-destroy', before: running, runners: [moves.snapshot('s1'), moves.destroy], count: [2, 2] },
  { name: 'save-destroy', before: running, runners: [moves.managedSave, moves.destroy], count: [2, 4] },
  { name: 'rename-start', before: stored, runners: [moves.rename('g', 'h'), moves.start], count: [2, 4] },
  { name: 'title-define', before: stored, runners: [moves.setTitle('t'), moves.define(96), moves.look('dumpxml', 'g')], count: [3, 6] },
] // prettier-ignore

/** Several processes at once, each with a command that is in another's way. */
export const raceRow: Row = {
  name: 'races',
  what: 'two to eight processes at once; a serial order explains all answers',
  async open(lab) {
    await prepareGuestLab(lab)
    return {
      points: Array.from({ length: rounds }, (_, i) => `${races[i % races.length]?.name}:${i}`),
      trial: async (point) => verdictOf(await runRace(lab, point)),
      [Symbol.asyncDispose]: () => lab.clear(),
    }
  },
}

async function runRace(lab: Lab, point: string): Promise<readonly string[]> {
  const [name = '', number = '0'] = point.split(':')
  const race = races.find((one) => one.name === name)
  if (race === undefined) throw new Error(`no race is called ${name}`)
  const random = new Random(lab.seed, Number(number))
  await lab.restore()
  for (const move of race.before) await lab.must(wordsOf(lab, move))
  const first = storedGuest(lab)
  const [least, most] = race.count
  const count = least + random.below(most - least + 1)
  const chosen = Array.from({ length: count }, (_, i) => race.runners[i % race.runners.length])
  const answers = await Promise.all(
    chosen.map(async (move = moves.start) => {
      const outcome = await lab.run(wordsOf(lab, move))
      return { move, outcome, succeeded: outcome.code === 0, busy: saysBusy(outcome) }
    }),
  )
  const { problems } = await recoverAndInspect(lab)
  const last = storedGuest(lab)
  const found = [...problems]
  for (const { move, outcome } of answers)
    if (outcome.code !== 0 && outcome.code !== 1)
      found.push(`${move.words.join(' ')} ended badly: ${describe(outcome)}`)
  if (!hasSerialOrder(answers, { first, last })) {
    found.push(
      `no order explains it; from ${JSON.stringify(first)}`,
      ...answers.map(({ move, outcome }) => `  ${move.words.join(' ')}: ${describe(outcome)}`),
      `to ${JSON.stringify(last)}`,
    )
  }
  return found
}
