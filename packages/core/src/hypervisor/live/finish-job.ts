import { isAlive } from '../../run/process-identity.ts'
import type { ActiveRow, JobRow, Store } from '../../store/index.ts'
import { parseDomain } from '../../xml/parse-domain.ts'
import { lifecycleActions } from '../lifecycle-actions.ts'
import { finishCheckpoint } from '../backups/create-checkpoint.ts'
import { finishBlockJobs } from '../blocks/finish-block-jobs.ts'
import { finishBackupEnd } from '../backups/settle-backup.ts'
import { finishBackup } from '../backups/undo-backup.ts'
import type { QmpClient } from '../../qmp/index.ts'
import type { Running } from '../records.ts'
import { finishArrival } from '../migration/finish-migration.ts'
import { finishDump } from '../saving/finish-dump.ts'
import { endSaved, finishSave, finishStart } from '../saving/finish-save.ts'
import { removeTaps } from '../taps.ts'
import { askToFinish } from './ask-to-finish.ts'
import { finishChange } from './finish-change.ts'
import type { ChangeDetail } from './finish-change.ts'
import { removeUnfinished } from './remove-unfinished.ts'

/** Whoever finishes a job may have to end the run it was about. */
export interface FinishContext {
  readonly store: Store
  end(active: ActiveRow, reason: string): Promise<void>
}

/**
 * Brings a running guest whose changer has died to before the change or behind it: which of the two,
 * QEMU itself says.
 *
 * @throws JobLeft where QEMU cannot be asked now: whoever looks next does.
 */
export async function finishJob(
  { store, end }: FinishContext,
  running: Running,
  job: JobRow,
): Promise<void> {
  if (!isAlive(running.active.process)) return finishOver({ store, end }, running, job)
  const { active } = running
  const ask = <T>(talk: (qmp: QmpClient) => Promise<T>): Promise<T | undefined> =>
    askToFinish(running, talk)
  if (job.kind === 'reboot') {
    const { shutdown } = lifecycleActions(parseDomain(active.xml).domain)
    await ask(async (qmp) => {
      // It still pauses where it should end, because whoever would go on with it is gone.
      await qmp.execute('set-action', { shutdown })
      if ((await qmp.execute('query-status')).status !== 'shutdown') return
      await qmp.execute('system_reset')
      await qmp.execute('cont')
    })
    return
  }
  if (job.kind === 'block-job') return finishBlockJobs({ store }, running, job)
  if (job.kind === 'migrate-in') return finishArrival({ store, end }, running, job)
  if (job.kind === 'save') return finishSave({ store, end }, running, job)
  if (job.kind === 'backup-end') return finishBackupEnd(store, running, job)
  if (job.kind === 'backup-begin') return finishBackup(store, running, job)
  if (job.kind === 'checkpoint-create') return finishCheckpoint(store, running, job)
  if (job.kind === 'dump') return finishDump({ store, end }, running, job)
  if (job.kind === 'start') return finishStart(store, running, job)
  await finishChange({ store, active, ask }, job.detail)
}

/**
 * The guest is gone as well: what the command left beside it goes, or is what it was to be. A managed save that is
 * there still has all of its guest, which never went on.
 */
async function finishOver({ end }: FinishContext, { active }: Running, job: JobRow): Promise<void> {
  if (job.kind === 'save' && (await endSaved(end, active, job))) return
  // One that did not come to the definition is not found there when the run is put away.
  const { taps = [] } = job.detail as ChangeDetail
  await removeTaps(taps)
  const { backup } = active.facts
  const { backup: begun } = job.detail as { readonly backup?: typeof backup }
  if (begun !== undefined && begun.startedAtMs === backup?.startedAtMs) return
  await removeUnfinished(job)
}
