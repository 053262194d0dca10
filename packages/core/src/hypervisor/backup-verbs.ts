import { domainError } from '../errors.ts'
import type { BackupVerbs } from './interface/backups.ts'
import type { CheckpointVerbs } from './interface/checkpoints.ts'
import type { Rooms } from './rooms.ts'

const documents = () => import('./backups/checkpoint-document.ts')

/** Copies of a guest's disks, and moments since which they tell what was written. */
export function backupVerbs(rooms: Rooms): BackupVerbs & CheckpointVerbs {
  const { store } = rooms
  const uuidOf = async (reference: string): Promise<string> =>
    (await rooms.find(reference)).domain.uuid
  return {
    async domainBackupBegin(reference, xml = '<domainbackup/>', options = {}) {
      const { beginBackup } = await import('./backups/begin-backup.ts')
      await beginBackup(rooms, reference, { xml, ...options })
    },
    async domainBackupGetXmlDesc(reference) {
      const { settleBackup } = await import('./backups/settle-backup.ts')
      const { active, ...record } = await rooms.find(reference)
      if (active !== undefined) await settleBackup(rooms, { ...record, active })
      const backup = store.get(record.domain.uuid)?.active?.facts.backup
      if (backup !== undefined) return backup.xml
      throw domainError('ERR_NO_DOMAIN_BACKUP', 'no domain backup job present')
    },
    async domainCheckpointCreateXml(reference, xml = '<domaincheckpoint/>', options = {}) {
      const { createCheckpoint } = await import('./backups/create-checkpoint.ts')
      return createCheckpoint(rooms, reference, { xml, ...options })
    },
    async domainListAllCheckpoints(reference) {
      const { summaryOfCheckpoint } = await documents()
      return store.checkpoints(await uuidOf(reference)).map(summaryOfCheckpoint)
    },
    async domainCheckpointLookup(reference, name) {
      const { summaryOfCheckpoint } = await documents()
      return summaryOfCheckpoint(store.checkpoint(await uuidOf(reference), name))
    },
    async domainCheckpointGetXmlDesc(reference, name, options = {}) {
      const { showCheckpoint } = await documents()
      const row = store.checkpoint(await uuidOf(reference), name)
      if (options.size !== true) return showCheckpoint(row, options)
      const { checkpointSizes } = await import('./backups/checkpoint-sizes.ts')
      const sizes = await checkpointSizes(rooms, row)
      return showCheckpoint(row, { ...options, sizes })
    },
    async domainCheckpointDelete(reference, name, options = {}) {
      const { deleteCheckpoint } = await import('./backups/delete-checkpoint.ts')
      await deleteCheckpoint(rooms, reference, { name, ...options })
    },
  }
}
