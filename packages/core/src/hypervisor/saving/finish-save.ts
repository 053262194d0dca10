import { rm } from 'node:fs/promises'
import type { ActiveRow, JobRow, Store } from '../../store/index.ts'
import { tellToFinish } from '../live/ask-to-finish.ts'
import type { FinishContext } from '../live/finish-job.ts'
import { isSaved } from '../live/remove-unfinished.ts'
import { keepGuest } from '../migration/keep-guest.ts'
import type { Running } from '../records.ts'
import type { SaveDetail } from './save-domain.ts'
import { giveUpSave } from './start-saved.ts'
import type { SavedDetail } from './start-saved.ts'
import { streamSocket } from './stream-to-file.ts'

/**
 * A save whose process died: the file is there and the guest goes, or the guest goes on.
 *
 * @throws JobLeft where QEMU cannot be told now: the guest waits, and shows as being saved.
 */
export async function finishSave(
  { store, end }: FinishContext,
  running: Running,
  job: JobRow,
): Promise<void> {
  const { active } = running
  const { save } = job.detail as Partial<SaveDetail>
  if (save === undefined || (await endSaved(end, active, job))) return
  // Nobody takes the stream any more, so nobody writes to either.
  await rm(save.temporary, { force: true })
  await rm(streamSocket(active.stateDir), { force: true })
  const isKept = await tellToFinish(running, (qmp) =>
    keepGuest(qmp, { wasRunning: save.running, xml: active.xml }),
  )
  if (isKept && save.running) store.setState(active, 'running', 'save canceled')
}

/** @returns whether the save is whole, and its guest with it gone. */
export async function endSaved(
  end: FinishContext['end'],
  active: ActiveRow,
  job: JobRow,
): Promise<boolean> {
  const { save } = job.detail as Partial<SaveDetail>
  if (save === undefined || !isSaved(job, save)) return false
  await end(active, 'saved')
  return true
}

/**
 * A guest that was taken up from its managed save has its memory, and the file goes; then it goes on.
 *
 * @throws JobLeft where QEMU cannot be told now.
 */
export async function finishStart(store: Store, running: Running, job: JobRow): Promise<void> {
  const { managedSave, resume } = job.detail as SavedDetail
  if (managedSave === undefined) return
  await giveUpSave(managedSave)
  const { active } = running
  if (resume !== true) return
  const isTold = await tellToFinish(running, (qmp) => qmp.execute('cont'))
  if (isTold) store.setState(active, 'running', 'restored')
}
