import type { DomainJobInfo } from './interface/migration.ts'
import { backupState, settleBackup } from './backups/settle-backup.ts'
import { partDone } from './blocks/job-state.ts'
import type { Running } from './records.ts'
import type { Rooms } from './rooms.ts'
import { isPostCopy, isSending, migrationStatus, progressOf } from './saving/migration-status.ts'

/** How long a look waits for QEMU; what is known without it answers after that. */
const lookMs = 1000

/** The job of a domain: what a process holds it for, or what QEMU does on by itself. */
export async function jobInfo(
  rooms: Rooms,
  reference: string,
  { completed }: { readonly completed?: boolean },
): Promise<DomainJobInfo | undefined> {
  const record = await rooms.find(reference)
  const { job, active } = record
  const running = active && { ...record, active }
  if (completed === true) return running && lastJob(rooms, running)
  if (job === undefined) return running && backupInfo(rooms, running)
  const { kind, phase, owner, startedAtMs } = job
  const info = { kind, phase, ownerPid: owner.pid, startedAtMs }
  if (running === undefined) return info
  const now = await rooms
    .ask(running, migrationStatus, { timeoutMs: lookMs })
    .catch(() => undefined)
  return now === undefined || !(isSending(now) || isPostCopy(now))
    ? info
    : { ...info, progress: progressOf(kind, now, Date.now() - startedAtMs) }
}

async function backupInfo(rooms: Rooms, running: Running): Promise<DomainJobInfo | undefined> {
  const { active } = running
  const fact = active.facts.backup
  if (fact === undefined) return undefined
  const state = await rooms
    .ask(running, (qmp) => backupState(qmp, fact), { timeoutMs: lookMs })
    .catch(() => undefined)
  if (state?.ended === true) {
    await settleBackup(rooms, running)
    return undefined
  }
  const { mode, startedAtMs } = fact
  const ownerPid = active.process.pid
  const info = { kind: 'backup', operation: 'Backup', phase: mode, ownerPid, startedAtMs }
  if (state === undefined) return info
  if (mode === 'pull') {
    const { processedBytes: used, totalBytes: total } = state
    return { ...info, temporaryBytes: { used, total } }
  }
  return { ...info, progress: partDone('backup', state, Date.now() - startedAtMs) }
}

async function lastJob(rooms: Rooms, running: Running): Promise<DomainJobInfo | undefined> {
  await settleBackup(rooms, running)
  const last = rooms.store.get(running.domain.uuid)?.active?.facts.lastBackup
  if (last === undefined) return undefined
  const { startedAtMs, elapsedMs, error } = last
  return {
    kind: 'backup',
    operation: 'Backup',
    phase: error === undefined ? 'completed' : 'failed',
    ownerPid: running.active.process.pid,
    startedAtMs,
    progress: partDone('backup', last, elapsedMs),
    ...(error !== undefined && { error }),
  }
}
