import { isAlive } from '../../run/process-identity.ts'
import type { ActiveRow, JobRow, Store } from '../../store/index.ts'
import { parseDomain } from '../../xml/parse-domain.ts'
import { lifecycleActions } from '../lifecycle-actions.ts'
import { finishCheckpoint } from '../backups/create-checkpoint.ts'
import { conclude } from '../blocks/conclude-job.ts'
import { finishBackupEnd } from '../backups/settle-backup.ts'
import { finishBackup } from '../backups/undo-backup.ts'
import { JobLeft } from '../job-left.ts'
import { withMonitor } from '../monitor.ts'
import type { Running } from '../records.ts'
import { finishArrival } from '../migration/finish-migration.ts'
import { finishDump } from '../saving/finish-dump.ts'
import { finishSave, forgetManagedSave } from '../saving/finish-save.ts'
import { finishChange } from './finish-change.ts'

/** Whoever finishes a job may have to end the run it was about. */
export interface FinishContext {
  readonly store: Store
  end(active: ActiveRow, reason: string): Promise<void>
}

/**
 * Brings a running guest whose changer has died to before the change or behind it: which of the two,
 * QEMU itself says. A guest that cannot be asked now is left as the store has it.
 */
export async function finishJob(
  { store, end }: FinishContext,
  running: Running,
  job: JobRow,
): Promise<void> {
  if (!isAlive(running.active.process)) return
  const { domain, active } = running
  const ask = <T>(talk: Parameters<typeof withMonitor<T>>[2]): Promise<T | undefined> =>
    withMonitor(active, domain.name, talk).catch((error: unknown) => {
      // What QEMU has done is known, and has yet to be written down.
      if (error instanceof JobLeft) throw error
      return undefined
    })
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
  if (job.kind === 'block-job') {
    // QEMU may be on other images than the definitions say, with nothing left that tells of the job.
    await ask(async (qmp) => {
      for (const target of Object.keys(active.facts.blockJobs ?? {}))
        await conclude({ store }, running, qmp, target)
    })
    return
  }
  if (job.kind === 'migrate-in') return finishArrival({ store, end }, running, job)
  if (job.kind === 'save') return finishSave({ store, end }, running, job)
  if (job.kind === 'backup-end') return finishBackupEnd(store, running, job)
  if (job.kind === 'backup-begin') return finishBackup(store, running, job)
  if (job.kind === 'checkpoint-create') return finishCheckpoint(store, running, job)
  if (job.kind === 'dump') return finishDump(running, job)
  if (job.kind === 'start') return forgetManagedSave(running, job)
  await finishChange({ store, active, ask }, job.detail)
}
