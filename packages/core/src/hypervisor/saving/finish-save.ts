import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { JobRow } from '../../store/index.ts'
import type { FinishContext } from '../live/finish-job.ts'
import { keepGuest } from '../migration/keep-guest.ts'
import { withMonitor } from '../monitor.ts'
import type { Running } from '../records.ts'
import type { SaveDetail } from './save-domain.ts'
import { streamSocket } from './stream-to-file.ts'

/** A save whose process died: the file is there and the guest goes, or the guest goes on. */
export async function finishSave(
  { store, end }: FinishContext,
  { active, domain }: Running,
  job: JobRow,
): Promise<void> {
  const { save } = job.detail as Partial<SaveDetail>
  if (save === undefined) return
  const { temporary, file, running } = save
  if (job.phase === 'commit' && existsSync(file) && !existsSync(temporary)) {
    await end(active, 'saved')
    return
  }
  await withMonitor(active, domain.name, async (qmp) => {
    await keepGuest(qmp, { wasRunning: running, xml: active.xml })
  }).catch(() => undefined)
  if (running) store.setState(active, 'running', 'save canceled')
  await rm(temporary, { force: true })
  await rm(streamSocket(active.stateDir), { force: true })
}

/** A guest that runs has left its managed save behind. */
export async function forgetManagedSave(_running: Running, job: JobRow): Promise<void> {
  const { managedSave } = job.detail as { readonly managedSave?: string }
  if (managedSave !== undefined) await rm(managedSave, { force: true })
}
