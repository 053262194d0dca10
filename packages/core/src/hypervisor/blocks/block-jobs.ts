import { domainError, quote } from '../../errors.ts'
import type { BlockJobInfo } from '../interface/blocks.ts'
import { diskNamed } from '../live/set-iotune.ts'
import type { Rooms } from '../rooms.ts'
import { carryBitmaps } from './carry-bitmaps.ts'
import { conclude, concluded } from './conclude-job.ts'
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
  await rooms.command(running, 'block-job', async (qmp) => {
    const found = await jobOf(qmp, target)
    if (found === undefined)
      throw domainError(
        'ERR_INVALID_ARG',
        `disk ${quote(target)} does not have an active block job`,
      )
    const { id, status } = found.job
    if (pivot && status !== 'ready')
      throw domainError(
        'ERR_BLOCK_COPY_ACTIVE',
        `block job on disk ${quote(target)} is not ready for pivot yet`,
      )
    const fact = running.active.facts.blockJobs?.[target]
    if (pivot && fact !== undefined) await carryBitmaps(qmp, disk, fact)
    if (status !== 'concluded')
      await qmp.executeUnchecked(pivot ? 'job-complete' : 'job-cancel', { id })
    await concluded(qmp, target)
    await conclude(rooms, running, qmp, target)
  })
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
