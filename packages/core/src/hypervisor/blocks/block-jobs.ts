import { domainError, quote } from '../../errors.ts'
import { QmpError } from '../../qmp/index.ts'
import type { QmpClient } from '../../qmp/index.ts'
import type { Job } from '../../store/index.ts'
import { JobLeft } from '../job-left.ts'
import type { BlockJobInfo } from '../interface/blocks.ts'
import { diskNamed } from '../live/set-iotune.ts'
import type { Rooms } from '../rooms.ts'
import { conclude, concluded, tellEnd } from './conclude-job.ts'
import type { EndDetail } from './finish-block-jobs.ts'
import { infoOf, jobOf, speedOf } from './job-state.ts'

/** How the disk's job is. One that has ended is taken note of: the definitions say what it changed. */
export async function blockJobInfo(
  rooms: Rooms,
  reference: string,
  name: string,
): Promise<BlockJobInfo | undefined> {
  const running = await rooms.findActive(reference)
  const { target } = diskNamed(await rooms.live(running), name)
  const info = await rooms.ask(running, async (qmp) => {
    const found = await jobOf(qmp, target)
    if (found === undefined) return undefined
    const speedBytes = found.job.status === 'concluded' ? 0 : await speedOf(qmp, found.job.id)
    return infoOf(target, found.kind, { job: found.job, speedBytes })
  })
  const known = running.active.facts.blockJobs?.[target]
  // Whoever should have taken note may have died over it, with the job dismissed.
  if (info?.status === 'concluded' || (info === undefined && known !== undefined))
    await rooms.command(running, 'block-job', (qmp) => conclude(rooms, running, qmp, target))
  return info
}

export async function abortBlockJob(
  rooms: Rooms,
  reference: string,
  { disk: name, pivot = false }: { readonly disk: string; readonly pivot?: boolean },
): Promise<void> {
  const running = await rooms.findActive(reference)
  const disk = diskNamed(await rooms.live(running), name)
  const { target } = disk
  const end = async (qmp: QmpClient, job: Job): Promise<void> => {
    const found = await jobOf(qmp, target)
    if (found === undefined)
      throw domainError(
        'ERR_INVALID_ARG',
        `disk ${quote(target)} does not have an active block job`,
      )
    const { status } = found.job
    if (pivot && status !== 'ready')
      throw domainError(
        'ERR_BLOCK_COPY_ACTIVE',
        `block job on disk ${quote(target)} is not ready for pivot yet`,
      )
    // The guest may be on another image from the next word on: the definitions have to follow, whatever comes.
    const detail: EndDetail = { ends: { target, pivot } }
    rooms.store.setPhase(job, 'end', { ...detail })
    const fact = running.active.facts.blockJobs?.[target]
    try {
      await tellEnd(qmp, disk, { pivot, fact, job: found.job })
      await concluded(qmp, target)
      await conclude(rooms, running, qmp, target)
    } catch (error) {
      if (error instanceof QmpError || error instanceof JobLeft) throw error
      throw new JobLeft('the next command sees to the end of the job', error)
    }
  }
  await rooms.withJob(running.domain.uuid, 'block-job', (job) =>
    rooms.ask(running, (qmp) => end(qmp, job)),
  )
}

export async function setBlockJobSpeed(
  rooms: Rooms,
  reference: string,
  { disk: name, speedBytes }: { readonly disk: string; readonly speedBytes: number },
): Promise<void> {
  const running = await rooms.findActive(reference)
  const { target } = diskNamed(await rooms.live(running), name)
  await rooms.ask(running, async (qmp) => {
    const found = await jobOf(qmp, target)
    if (found === undefined)
      throw domainError(
        'ERR_INVALID_ARG',
        `disk ${quote(target)} does not have an active block job`,
      )
    await qmp.executeUnchecked('block-job-set-speed', { device: found.job.id, speed: speedBytes })
  })
}
