import { setTimeout as sleep } from 'node:timers/promises'
import { domainError, printable } from '../../errors.ts'
import { partDone } from '../blocks/job-state.ts'
import type { BackupOptions } from '../interface/backups.ts'
import type { Rooms } from '../rooms.ts'
import { abortBackup } from './abort-backup.ts'
import { backupState, settleBackup } from './settle-backup.ts'

const pollMs = 200

/** Waits for the end of a push backup. */
export async function followBackup(
  rooms: Rooms,
  uuid: string,
  { signal, onProgress }: BackupOptions,
): Promise<void> {
  const start = performance.now()
  for (;;) {
    const running = await rooms.findActive(uuid)
    const { backup, lastBackup } = running.active.facts
    if (backup === undefined) {
      if (lastBackup?.error === undefined) return
      throw domainError('ERR_OPERATION_FAILED', `backup failed: ${printable(lastBackup.error)}`)
    }
    const state = await rooms.ask(running, (qmp) => backupState(qmp, backup))
    onProgress?.(partDone('backup', state, performance.now() - start))
    if (signal?.aborted === true && !state.ended) {
      await abortBackup(rooms, running)
      throw domainError('ERR_OPERATION_ABORTED', 'backup: canceled by client')
    }
    await settleBackup(rooms, running)
    await sleep(pollMs, undefined, signal && { signal }).catch(() => undefined)
  }
}
