import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { Random } from '../../mutants/random.ts'
import { recoverAndInspect } from '../check/inspect.ts'
import { readProcess, signalFound } from '../engine/children.ts'
import type { Lab } from '../engine/lab.ts'
import { verdictOf } from '../engine/row.ts'
import type { Row } from '../engine/row.ts'
import { describe } from '../engine/run-program.ts'
import { prepareGuestLab, storedDomains, storedGuest } from './guest-lab.ts'

const kills = 100

/** A supervisor that is killed while guests come and go; the next one goes on. */
export const supervisorRow: Row = {
  name: 'random/supervisor',
  what: 'kill -9 of polyvirt supervise while a guest is started, ended, or dies',
  async open(lab) {
    await prepareGuestLab(lab)
    await lab.must(['define', lab.path('64.xml')])
    await lab.keep()
    return {
      points: Array.from({ length: kills }, (_, i) => `${i}`),
      trial: async (point) =>
        verdictOf(await killSupervisor(lab, new Random(lab.seed, Number(point)))),
      [Symbol.asyncDispose]: () => lab.clear(),
    }
  },
}

async function killSupervisor(lab: Lab, random: Random): Promise<readonly string[]> {
  await lab.restore()
  const kind = random.pick(['starts', 'ends', 'dies']) ?? 'dies'
  if (kind !== 'starts') await lab.must(['start', 'g', '--paused'])
  let supervisor: ChildProcess | undefined
  const supervised = lab.run(['supervise'], { onStart: (child) => (supervisor = child) })
  // Its beginning, its first look and the ones after it are all of a second or two.
  const moment = sleep(random.below(1800)).then(() => supervisor?.kill('SIGKILL'))
  await sleep(random.below(600))
  const qemu = readProcess(storedDomains(lab)[0]?.run?.pid ?? 0)
  const command =
    kind === 'dies'
      ? undefined
      : await lab.run(kind === 'starts' ? ['start', 'g', '--paused'] : ['destroy', 'g'])
  if (kind === 'dies' && qemu !== undefined) signalFound(qemu, 'SIGKILL')
  await moment
  const outcome = await supervised
  const { problems } = await recoverAndInspect(lab)
  const found = [...problems]
  if (outcome.signal !== 'SIGKILL') found.push(`supervise ended by itself: ${describe(outcome)}`)
  if (command !== undefined && command.code !== 0 && !/is held by pid/.test(command.stderr))
    found.push(`beside a supervisor: ${describe(command)}`)
  const wanted = command === undefined ? false : (kind === 'starts') === (command.code === 0)
  if (storedGuest(lab).runs !== wanted) found.push(`the guest ${wanted ? 'does not run' : 'runs'}`)
  return found.length === 0 ? [] : [`while a guest ${kind}`, ...found]
}
