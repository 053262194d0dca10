import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { JobRow } from '../../store/index.ts'
import type { BackupDetail } from '../backups/begin-backup.ts'
import type { DumpDetail } from '../saving/core-dump.ts'
import type { SaveDetail } from '../saving/save-domain.ts'

/** Is the file of a save or a dump there, with all of the guest in it? */
export function isSaved(
  { phase }: Pick<JobRow, 'phase'>,
  { temporary, file }: Pick<SaveDetail['save'], 'temporary' | 'file'>,
): boolean {
  return phase === 'commit' && existsSync(file) && !existsSync(temporary)
}

/**
 * Removes the files that a command was making when it died, for a guest that is gone as well: nobody goes on
 * with them, and nobody else knows of them.
 */
export async function removeUnfinished(
  job: Pick<JobRow, 'kind' | 'phase' | 'detail'>,
): Promise<void> {
  const { save, dump } = job.detail as Partial<SaveDetail & DumpDetail>
  const { backup } = job.detail as Partial<BackupDetail>
  if (job.kind === 'save' && save !== undefined && !isSaved(job, save))
    await rm(save.temporary, { force: true })
  if (job.kind === 'dump' && dump !== undefined) await rm(dump.temporary, { force: true })
  if (job.kind !== 'backup-begin' || backup === undefined) return
  for (const { file, made } of backup.disks) if (made) await rm(file, { force: true })
}
