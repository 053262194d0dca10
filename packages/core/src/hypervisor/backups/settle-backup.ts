import type { QmpClient } from '../../qmp/index.ts'
import type { ActiveRow, BackupFact, BackupResult, Job, JobRow, Store } from '../../store/index.ts'
import { bytesOf, queryJobs } from '../blocks/job-state.ts'
import { JobLeft } from '../job-left.ts'
import { withMonitor } from '../monitor.ts'
import type { Running } from '../records.ts'
import { jobCompleted } from '../saving/job-completed.ts'
import type { Rooms } from '../rooms.ts'
import { backupJobId } from './backup-actions.ts'
import { closeBackup, letGo, removeBackupFiles } from './undo-backup.ts'

/** How far a backup is. */
export interface BackupState {
  readonly processedBytes: number
  readonly totalBytes: number
  readonly ended: boolean
  readonly error?: string
}

/** What QEMU says of the backup that it makes. */
export async function backupState(qmp: QmpClient, fact: BackupFact): Promise<BackupState> {
  const own = new Set(fact.disks.map(({ target }) => backupJobId(target)))
  const jobs = (await queryJobs(qmp)).filter(({ id }) => own.has(id))
  const error = jobs.find((job) => job.error !== undefined)?.error
  return {
    ...bytesOf(jobs),
    // One disk that fails is no backup: the others are not waited for.
    ended: error !== undefined || jobs.every(({ status }) => status === 'concluded'),
    ...(error !== undefined && { error }),
  }
}

/** Takes note of a backup that has ended: whoever looks next does. */
export async function settleBackup(rooms: Rooms, running: Running): Promise<void> {
  const fact = running.active.facts.backup
  if (fact === undefined) return
  const state = await rooms.ask(running, (qmp) => backupState(qmp, fact))
  if (!state.ended) return
  await rooms
    .withJob(running.domain.uuid, 'backup-end', (job) => endBackup(rooms, job, state))
    .catch((error: unknown) => {
      // Somebody else does it just now.
      if (rooms.store.get(running.domain.uuid)?.job === undefined) throw error
    })
}

/** What the end of a backup records before it begins: QEMU does not tell any more afterwards. */
interface EndDetail {
  readonly backupEnd: BackupState
}

/** Closes a backup: a copy that is whole stays, and how it was is remembered. */
export async function endBackup(rooms: Rooms, job: Job, state: BackupState): Promise<void> {
  const detail: EndDetail = { backupEnd: state }
  rooms.store.setPhase(job, 'end', { ...detail })
  try {
    await closeAndRemember(rooms.store, job.uuid, state)
  } catch (cause) {
    throw new JobLeft('the backup is over, and the next command writes it down', cause)
  }
}

/** Whoever died over the end of a backup has closed some of it, or all. */
export async function finishBackupEnd(
  store: Store,
  { domain }: Running,
  job: JobRow,
): Promise<void> {
  const { backupEnd } = job.detail as Partial<EndDetail>
  if (backupEnd !== undefined) await closeAndRemember(store, domain.uuid, backupEnd)
}

async function closeAndRemember(
  store: Store,
  uuid: string,
  { processedBytes, totalBytes, error }: BackupState,
): Promise<void> {
  const record = store.get(uuid)
  const active = record?.active
  const fact = active?.facts.backup
  if (record === undefined || active === undefined || fact === undefined) return
  await withMonitor(active, record.domain.name, (qmp) => closeBackup(qmp, active, fact))
  if (fact.mode === 'push' && error === undefined) letGo(store, active, fact.disks)
  else await removeBackupFiles(store, active, fact)
  const elapsedMs = Date.now() - fact.startedAtMs
  const isDone = remember(store, active, {
    startedAtMs: fact.startedAtMs,
    elapsedMs,
    processedBytes,
    totalBytes,
    ...(error !== undefined && { error }),
  })
  if (!isDone) return
  const completed = jobCompleted('backup', {
    time_elapsed: elapsedMs,
    disk_total: totalBytes,
    disk_processed: processedBytes,
    disk_remaining: totalBytes - processedBytes,
    success: error === undefined,
    ...(error !== undefined && { errmsg: error }),
  })
  const subject = { uuid, id: active.id, name: record.domain.name }
  store.addGuestEvents(subject, [completed], Date.now())
}

function remember(store: Store, active: ActiveRow, lastBackup: BackupResult): boolean {
  const { backup: _, ...facts } = store.get(active.uuid)?.active?.facts ?? {}
  return store.setFacts(active, { ...facts, lastBackup })
}
