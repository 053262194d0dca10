import { domainError } from '../../errors.ts'
import type { JobRow, Store } from '../../store/index.ts'
import { thawLeft, withFrozen } from '../agent/with-frozen.ts'
import { topNode } from '../blocks/disk-graph.ts'
import { settleBlockJobs } from '../blocks/settle-block-jobs.ts'
import type { CheckpointOptions, CheckpointSummary } from '../interface/checkpoints.ts'
import { askToFinish } from '../live/ask-to-finish.ts'
import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import type { TransactionAction } from './backup-actions.ts'
import { summaryOfCheckpoint } from './checkpoint-document.ts'
import { planCheckpoint } from './plan-checkpoint.ts'
import { redefineCheckpoint } from './redefine-checkpoint.ts'
import { removeBitmaps } from './undo-backup.ts'

/** What the making of a checkpoint records before it begins. */
export interface CheckpointDetail {
  readonly checkpoint: {
    readonly name: string
    readonly bitmaps: Readonly<Record<string, string>>
    /** The guest's file systems are frozen meanwhile. */
    readonly frozen?: boolean
  }
}

/** Has every disk tell from now on what is written, all from one moment. */
export async function createCheckpoint(
  rooms: Rooms,
  reference: string,
  { xml, ...options }: CheckpointOptions & { readonly xml: string },
): Promise<CheckpointSummary> {
  const { domain, active } = await rooms.find(reference)
  const { uuid } = domain
  if (options.redefine === true) return redefineCheckpoint(rooms, uuid, { xml, ...options })
  if (active === undefined)
    throw domainError('ERR_OPERATION_UNSUPPORTED', 'cannot create checkpoint for inactive domain')
  await settleBlockJobs(rooms, { active, domain })
  return rooms.withJob(uuid, 'checkpoint-create', async (job) => {
    const running = await rooms.findActive(uuid)
    const live = await rooms.live(running)
    const { name, bitmaps, row } = planCheckpoint(rooms, running, { live, xml })
    const own = Object.fromEntries(bitmaps)
    const frozen = options.quiesce === true
    const detail: CheckpointDetail = { checkpoint: { name, bitmaps: own, frozen } }
    rooms.store.setPhase(job, 'checkpoint', { ...detail })
    try {
      await withFrozen(rooms, uuid, frozen, () =>
        rooms.ask(running, async (qmp) => {
          const actions: TransactionAction[] = []
          for (const disk of live.devices.disk ?? []) {
            const bitmap = bitmaps.get(disk.target)
            if (bitmap === undefined) continue
            const node = await topNode(qmp, disk)
            const data = { node, name: bitmap, persistent: true }
            actions.push({ type: 'block-dirty-bitmap-add', data })
          }
          await qmp.executeUnchecked('transaction', { actions })
        }),
      )
      return summaryOfCheckpoint(rooms.store.addCheckpoint(row))
    } catch (error) {
      await askToFinish(running, (qmp) => removeBitmaps(qmp, running.active, own))
      throw error
    }
  })
}

/** A checkpoint whose maker died before it was known is none. */
export async function finishCheckpoint(store: Store, running: Running, job: JobRow): Promise<void> {
  const { checkpoint } = job.detail as Partial<CheckpointDetail>
  if (checkpoint === undefined) return
  const { name, bitmaps, frozen } = checkpoint
  if (frozen === true) await thawLeft(running)
  if (store.checkpoints(running.domain.uuid).some((one) => one.name === name)) return
  await askToFinish(running, (qmp) => removeBitmaps(qmp, running.active, bitmaps))
}
