import { MonitorError } from '../../qmp/index.ts'
import type { QmpClient } from '../../qmp/index.ts'
import { isAlive } from '../../run/process-identity.ts'
import { JobLeft } from '../job-left.ts'
import { withMonitor } from '../monitor.ts'
import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'

/** How long a QEMU may take to a first word, in milliseconds: lists wait for it. */
const firstWordMs = 2000

/**
 * Talks to the QEMU of a guest over which a command died, to bring it to before or behind that command.
 *
 * @returns nothing where the guest is gone, or QEMU refuses.
 * @throws JobLeft where QEMU runs and does not answer now: what was begun stays recorded, and whoever looks next
 * goes on with it.
 */
export async function askToFinish<T>(
  { active, domain }: Running,
  talk: (qmp: QmpClient) => Promise<T>,
): Promise<T | undefined> {
  const ask = <A>(what: (qmp: QmpClient) => Promise<A>, options = {}): Promise<A> =>
    withMonitor(active, domain.name, what, options)
  try {
    await ask((qmp) => qmp.execute('query-status'), { timeoutMs: firstWordMs })
    return await ask(talk)
  } catch (error) {
    // What QEMU has done is known, and has yet to be written down.
    if (error instanceof JobLeft) throw error
    if (!(error instanceof MonitorError) || !isAlive(active.process)) return undefined
    throw new JobLeft(
      'QEMU does not say how far the command before came; what was begun is gone on with as soon as it answers',
      error,
    )
  }
}

/**
 * The same for what only has to be told.
 *
 * @returns whether QEMU took all of it.
 * @throws JobLeft as {@link askToFinish} does.
 */
export async function tellToFinish(
  running: Running,
  talk: (qmp: QmpClient) => Promise<unknown>,
): Promise<boolean> {
  const isTold = await askToFinish(running, async (qmp) => {
    await talk(qmp)
    return true
  })
  return isTold === true
}

/**
 * Tells QEMU something that has been recorded as begun.
 *
 * @throws JobLeft where QEMU was told and what it answered is lost: whoever looks next asks it what has come of it.
 */
export async function askOrLeave<T>(
  rooms: Pick<Rooms, 'ask'>,
  running: Running,
  talk: (qmp: QmpClient) => Promise<T>,
): Promise<T> {
  let told = false
  try {
    return await rooms.ask(running, (qmp) => {
      told = true
      return talk(qmp)
    })
  } catch (error) {
    if (!told || !(error instanceof MonitorError)) throw error
    throw new JobLeft('the next command finds out what has come of it', error)
  }
}
