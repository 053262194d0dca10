import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import { backupState, endBackup } from './settle-backup.ts'

/** Ends a backup: a pull is over then, and a push that was not whole is none. */
export function abortBackup(rooms: Rooms, running: Running): Promise<void> {
  return rooms.withJob(running.domain.uuid, 'backup-end', async (job) => {
    const fact = rooms.store.get(running.domain.uuid)?.active?.facts.backup
    if (fact === undefined) return
    const state = await rooms.ask(running, (qmp) => backupState(qmp, fact))
    const isWhole = fact.mode === 'pull' || state.ended
    await endBackup(rooms, job, isWhole ? state : { ...state, error: 'canceled by client' })
  })
}
