import { setTimeout as sleep } from 'node:timers/promises'
import { Random } from '../../mutants/random.ts'
import { recoverAndInspect } from '../check/inspect.ts'
import { readProcess, signalFound } from '../engine/children.ts'
import type { Lab } from '../engine/lab.ts'
import { verdictOf } from '../engine/row.ts'
import type { Row } from '../engine/row.ts'
import { describe } from '../engine/run-program.ts'
import { prepareGuestLab, storedDomains, storedGuest, wordsOf } from './guest-lab.ts'
import * as moves from './model.ts'

const deaths = 300

const signals = ['SIGKILL', 'SIGSEGV', 'SIGSTOP'] as const

/** What is being done to the guest meanwhile; nothing in the first. */
const busy: readonly (moves.Move | undefined)[] = [
  undefined,
  moves.attach,
  moves.managedSave,
  moves.snapshot('s1'),
  moves.look('domstats', 'g'),
  moves.look('dommemstat', 'g'),
  moves.destroy,
]

/** A QEMU that dies or stops at a random moment, with something being done to it or not. */
export const qemuRow: Row = {
  name: 'random/qemu',
  what: 'kill -9, segmentation fault and SIGSTOP of QEMU at a random moment of a random command',
  async open(lab) {
    await prepareGuestLab(lab)
    await lab.must(['define', lab.path('64.xml')])
    await lab.keep()
    return {
      points: Array.from({ length: deaths }, (_, i) => `${signals[i % 3]}:${i}`),
      trial: async (point) => verdictOf(await harm(lab, point)),
      [Symbol.asyncDispose]: () => lab.clear(),
    }
  },
}

async function harm(lab: Lab, point: string): Promise<readonly string[]> {
  const [signal = 'SIGKILL', number = '0'] = point.split(':')
  const random = new Random(lab.seed, Number(number))
  await lab.restore()
  await lab.must(['start', 'g', '--paused'])
  const qemu = readProcess(storedDomains(lab)[0]?.run?.pid ?? 0)
  if (qemu === undefined) return ['the guest that was started does not run']
  const move = random.pick(busy)
  const afterMs = random.below(800)
  const command = move && lab.run(wordsOf(lab, move))
  await sleep(afterMs)
  signalFound(qemu, signal as NodeJS.Signals)
  const outcome = await command
  const said = `${move?.words.join(' ') ?? 'nothing'}${outcome ? `: ${describe(outcome)}` : ''}`
  const hung = outcome?.hung === true ? ['the command hung'] : []
  const { problems } = await recoverAndInspect(lab)
  const isSilent = signal === 'SIGSTOP' && storedGuest(lab).runs
  // What was begun stays recorded for as long as QEMU cannot be asked how far it has come.
  const found = [...hung, ...problems.filter((one) => !isSilent || !one.includes('a job is left'))]
  if (isSilent) {
    const ended = await lab.run(['destroy', 'g'])
    if (ended.code !== 0) found.push(`destroy of a stopped QEMU: ${describe(ended)}`)
    found.push(...(await recoverAndInspect(lab)).problems)
  }
  if (storedGuest(lab).runs) found.push('the guest is shown as running')
  const again = await lab.run(['start', 'g', '--paused', '--force-boot'])
  if (again.code !== 0) found.push(`the next start: ${describe(again)}`)
  return found.length === 0 ? [] : [`during ${said}`, ...found]
}
