import { domainError, quote } from '../../errors.ts'
import type { QmpClient } from '../../qmp/index.ts'
import { dirtyBitmaps } from '../blocks/disk-graph.ts'
import { jobOf } from '../blocks/job-state.ts'
import type { Rooms } from '../rooms.ts'
import type { BackupPart } from './backup-parts.ts'
import { bitmapsOf } from './checkpoint-document.ts'

/** @throws DomainError for a disk with a job, and for a checkpoint that a disk knows nothing of. */
export async function checkParts(
  { store }: Rooms,
  qmp: QmpClient,
  { uuid, parts }: { readonly uuid: string; readonly parts: readonly BackupPart[] },
): Promise<void> {
  for (const { disk, since } of parts) {
    const { target } = disk
    if ((await jobOf(qmp, target)) !== undefined)
      throw domainError(
        'ERR_BLOCK_COPY_ACTIVE',
        `disk ${quote(target)} already in active block job`,
      )
    if (since === undefined) continue
    const row = store.checkpoints(uuid).find(({ name }) => name === since)
    if (row === undefined)
      throw domainError(
        'ERR_NO_DOMAIN_CHECKPOINT',
        `Checkpoint ${quote(since)} for incremental backup of disk ${quote(target)} not found`,
      )
    const bitmap = bitmapsOf(row).get(target)
    const found = (await dirtyBitmaps(qmp, disk)).find(({ name }) => name === bitmap)
    if (found?.recording !== true || found.inconsistent === true)
      throw domainError(
        'ERR_CHECKPOINT_INCONSISTENT',
        `missing or broken bitmap ${quote(since)} for disk ${quote(target)}: take a full backup with a new checkpoint`,
      )
  }
}
