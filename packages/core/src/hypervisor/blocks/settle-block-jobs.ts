import type { QmpClient } from '../../qmp/index.ts'
import { runningOf } from '../records.ts'
import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import { conclude } from './conclude-job.ts'
import { jobOf } from './job-state.ts'

/**
 * Takes note of jobs on disks that have ended while nobody looked: QEMU holds the images of an ended job until
 * somebody does, and the definitions say what was before it.
 *
 * @returns the run as it is described then.
 */
export async function settleBlockJobs(rooms: Rooms, running: Running): Promise<Running> {
  const targets = Object.keys(running.active.facts.blockJobs ?? {})
  if (targets.length === 0) return running
  const ended = async (qmp: QmpClient): Promise<readonly string[]> => {
    const found: string[] = []
    for (const target of targets) if (await hasEnded(qmp, target)) found.push(target)
    return found
  }
  if ((await rooms.ask(running, ended)).length === 0) return running
  await rooms.command(running, 'block-job', async (qmp) => {
    for (const target of await ended(qmp)) await conclude(rooms, running, qmp, target)
  })
  return rooms.findActive(running.domain.uuid)
}

/** Has the job of a disk ended, whether QEMU tells of it still or not? */
async function hasEnded(qmp: QmpClient, target: string): Promise<boolean> {
  const found = await jobOf(qmp, target)
  return found === undefined || found.job.status === 'concluded'
}

/** The same for one disk, by whoever holds the domain. */
export async function settleBlockJob(
  rooms: Rooms,
  running: Running,
  qmp: QmpClient,
  target: string,
): Promise<Running> {
  const { uuid } = running.domain
  const known = rooms.store.get(uuid)?.active?.facts.blockJobs?.[target]
  if (known !== undefined && (await hasEnded(qmp, target)))
    await conclude(rooms, running, qmp, target)
  const record = rooms.store.get(uuid)
  return record === undefined ? running : runningOf(record)
}
