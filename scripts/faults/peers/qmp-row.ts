import { Random } from '../../mutants/random.ts'
import { signalFound } from '../engine/children.ts'
import type { Lab } from '../engine/lab.ts'
import { verdictOf } from '../engine/row.ts'
import type { Row } from '../engine/row.ts'
import { dial } from './dial.ts'
import { guestProblems, startLiveGuest } from './live-guest.ts'
import type { LiveGuest } from './live-guest.ts'
import { meet } from './meet.ts'
import { qmpKinds } from './qmp-kinds.ts'
import { QmpProxy } from './qmp-proxy.ts'

/** How often each kind is done, each time with the bytes cut in another way. */
const chunkings = 20

/** What QEMU itself can be made to do. */
const ofQemu = ['Q-26', 'Q-28'] as const

const ids = [...qmpKinds.map(({ id }) => id), ...ofQemu]

export const qmpRow: Row = {
  name: 'peers/qmp',
  what: `monitors that do not do what they should (§Q; Q-27 is in random/qemu), ${chunkings} times each`,
  async open(lab) {
    const guest = await startLiveGuest(lab)
    const proxy = await QmpProxy.open(guest.monitor, new Random(lab.seed))
    return {
      points: ids.flatMap((id) => Array.from({ length: chunkings }, (_, i) => `${id}:${i}`)),
      trial: async (point) => verdictOf(await misbehave({ lab, guest, proxy }, point)),
      async [Symbol.asyncDispose]() {
        await proxy[Symbol.asyncDispose]()
        await guest.hypervisor.close()
        await lab.clear()
      },
    }
  },
}

interface Scene {
  readonly lab: Lab
  readonly guest: LiveGuest
  readonly proxy: QmpProxy
}

async function misbehave(scene: Scene, point: string): Promise<readonly string[]> {
  const { lab, guest, proxy } = scene
  const [id = '', number = '0'] = point.split(':')
  const ask = (): Promise<unknown> =>
    guest.hypervisor.domainQemuMonitorCommand('g', '{"execute":"query-kvm"}')
  const kind = qmpKinds.find((one) => one.id === id)
  if (kind === undefined) {
    const problems = id === 'Q-26' ? await whileStopped(guest, ask) : await whileHeld(proxy, ask)
    return [...problems, ...(await guestProblems(guest))]
  }
  proxy.arm(kind.tamper(Number(number)), new Random(lab.seed, Number(number)))
  const problems = await meet(ask, kind)
  proxy.disarm()
  return [...problems, ...(await guestProblems(guest))].map((text) => `${kind.what}: ${text}`)
}

const hangs = { ending: 'error', limitMs: 25_000 } as const

async function whileStopped({ qemu }: LiveGuest, ask: () => Promise<unknown>) {
  signalFound(qemu, 'SIGSTOP')
  try {
    return await meet(ask, hangs)
  } finally {
    signalFound(qemu, 'SIGCONT')
  }
}

async function whileHeld(proxy: QmpProxy, ask: () => Promise<unknown>) {
  const other = await dial(proxy.real)
  await new Promise((resolve) => other.once('data', resolve))
  try {
    return await meet(ask, hangs)
  } finally {
    other.destroy()
  }
}
