import { setTimeout as sleep } from 'node:timers/promises'
import { Random } from '../../mutants/random.ts'
import { recoverAndInspect } from '../check/inspect.ts'
import type { Lab } from '../engine/lab.ts'
import { verdictOf } from '../engine/row.ts'
import type { Row } from '../engine/row.ts'
import { describe } from '../engine/run-program.ts'
import { prepareGuestLab, sameGuest, storedGuest, wordsOf } from './guest-lab.ts'
import * as moves from './model.ts'
import type { Guest, Move } from './model.ts'

/** How many kills are planned, and of how many commands each trial is. */
const kills = 1000
const killsOfTrial = 4

/** Longest command here on a machine that has other things to do, in milliseconds. */
const longestMs = 1500

const mix: readonly Move[] = [
  moves.define(64),
  moves.define(96),
  moves.undefine,
  moves.start,
  moves.start,
  moves.start,
  moves.destroy,
  moves.destroy,
  moves.setTitle('one'),
  moves.setTitle('two'),
  moves.managedSave,
  moves.forgetSave,
  moves.look('list', '--all'),
]

/** Commands of a random mix, each killed at a random moment. */
export const cliRow: Row = {
  name: 'random/cli',
  what: `kill -9 of a random command at a random moment (${killsOfTrial} each trial), beside a shadow model`,
  async open(lab) {
    await prepareGuestLab(lab)
    return {
      points: Array.from({ length: kills / killsOfTrial }, (_, i) => `${i}`),
      trial: async (point) => verdictOf(await killSome(lab, new Random(lab.seed, Number(point)))),
      [Symbol.asyncDispose]: () => lab.clear(),
    }
  },
}

async function killSome(lab: Lab, random: Random): Promise<readonly string[]> {
  await lab.restore()
  await lab.must(['define', lab.path('64.xml')])
  let guest = storedGuest(lab)
  for (let i = 0; i < killsOfTrial; i++) {
    const possible = mix.filter((move) => move.apply(guest) !== undefined)
    const move = random.pick(possible) ?? moves.start
    const problems = await killOne(lab, { move, guest, afterMs: random.below(longestMs) })
    if (problems.length > 0) return [`after ${i} kills, ${move.words.join(' ')}:`, ...problems]
    guest = storedGuest(lab)
  }
  return []
}

interface Kill {
  readonly move: Move
  readonly guest: Guest
  readonly afterMs: number
}

async function killOne(lab: Lab, { move, guest, afterMs }: Kill): Promise<readonly string[]> {
  const outcome = await lab.run(wordsOf(lab, move), {
    onStart: (child) => void sleep(afterMs).then(() => child.kill('SIGKILL')),
  })
  const { problems } = await recoverAndInspect(lab)
  const now = storedGuest(lab)
  const after = move.apply(guest)
  const isBefore = sameGuest(now, guest)
  const isAfter = after !== undefined && sameGuest(now, after)
  const lost = outcome.code === 0 && !isAfter
  return [
    ...problems,
    ...(lost ? ['success was told, and it is not so'] : []),
    ...(isBefore || isAfter
      ? []
      : [`from ${JSON.stringify(guest)} came ${JSON.stringify(now)} (${describe(outcome)})`]),
  ]
}
