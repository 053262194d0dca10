import { rm } from 'node:fs/promises'
import type { ActiveRow, JobRow } from '../../store/index.ts'
import { askToFinish } from '../live/ask-to-finish.ts'
import type { FinishContext } from '../live/finish-job.ts'
import { isSaved } from '../live/remove-unfinished.ts'
import { keepGuest } from '../migration/keep-guest.ts'
import type { Running } from '../records.ts'
import type { SaveDetail } from './save-domain.ts'
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
  const isKept = await askToFinish(running, async (qmp) => {
    await keepGuest(qmp, { wasRunning: save.running, xml: active.xml })
    return true
  })
  if (isKept === true && save.running) store.setState(active, 'running', 'save canceled')
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

/** A guest that runs, or ran, has left its managed save behind. */
export async function forgetManagedSave(job: JobRow): Promise<void> {
  const { managedSave } = job.detail as { readonly managedSave?: string }
  if (managedSave !== undefined) await rm(managedSave, { force: true })
}
