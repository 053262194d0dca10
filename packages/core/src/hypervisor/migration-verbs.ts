import { domainError, quote } from '../errors.ts'
import type { Hypervisor } from './hypervisor.ts'
import type { MigrationVerbs } from './interface/migration.ts'
import type { Destination } from './migration/migrate-domain.ts'
import type { Rooms } from './rooms.ts'

/** Opens another root with the same architectures. */
export type OpenDestination = (uri: string) => Promise<Destination>

/** Guests moved to another root; see interface/migration.ts. */
export function migrationVerbs(
  rooms: Rooms,
  source: () => Hypervisor,
  open: OpenDestination,
): MigrationVerbs {
  const other = async (uri: string): Promise<Destination> => {
    if (/^[a-z+]+:\/\/[^/]/i.test(uri))
      throw domainError(
        'ERR_OPERATION_UNSUPPORTED',
        `${quote(uri, 200)} is another host, and nothing answers there: a guest moves between roots of one machine (qemu:///embed?root=DIR); to another one it goes as a saved guest (save, restore) with its images, or from a root that both hosts see`,
      )
    if (uri === rooms.layout.uri)
      throw domainError('ERR_INVALID_ARG', `${quote(uri, 200)} is where the domain is already`)
    return open(uri)
  }
  return {
    async domainMigrate(reference, uri, options = {}) {
      const { migrateDomain } = await import('./migration/migrate-domain.ts')
      const destination = await other(uri)
      try {
        return await migrateDomain(rooms, source(), { reference, destination, ...options })
      } finally {
        await destination.hypervisor.close()
      }
    },
    async domainCanMigrate(reference, uri) {
      const { judge } = await import('./migration/migrate-domain.ts')
      const { domain } = await rooms.find(reference)
      const destination = await other(uri)
      try {
        return await judge(source(), domain, destination)
      } finally {
        await destination.hypervisor.close()
      }
    },
    async domainMigrateSetSpeed(reference, bandwidthBytes) {
      const running = await rooms.findActive(reference)
      await rooms.ask(running, (qmp) =>
        qmp.executeUnchecked('migrate-set-parameters', { 'max-bandwidth': bandwidthBytes }),
      )
    },
    async domainMigrateSetMaxDowntime(reference, downtimeMs) {
      const running = await rooms.findActive(reference)
      await rooms.ask(running, (qmp) =>
        qmp.executeUnchecked('migrate-set-parameters', { 'downtime-limit': downtimeMs }),
      )
    },
    async domainMigrateStartPostCopy(reference) {
      const running = await rooms.findActive(reference)
      if (running.job?.kind !== 'migrate')
        throw domainError(
          'ERR_OPERATION_INVALID',
          'post-copy can only be started while outgoing migration is in progress',
        )
      await rooms.ask(running, (qmp) => qmp.executeUnchecked('migrate-start-postcopy'))
    },
    async domainGetJobInfo(reference, options = {}) {
      const { jobInfo } = await import('./job-info.ts')
      return jobInfo(rooms, reference, options)
    },
    async domainAbortJob(reference) {
      const running = await rooms.findActive(reference)
      if (running.active.facts.backup !== undefined) {
        const { abortBackup } = await import('./backups/abort-backup.ts')
        return abortBackup(rooms, running)
      }
      if (running.job === undefined)
        throw domainError('ERR_OPERATION_INVALID', 'no job is active on the domain')
      const { isPostCopy, isSending, migrationStatus } =
        await import('./saving/migration-status.ts')
      await rooms.ask(running, async (qmp) => {
        const now = await migrationStatus(qmp)
        if (isPostCopy(now))
          throw domainError(
            'ERR_OPERATION_INVALID',
            'cannot abort migration in post-copy mode: the guest is at the destination',
          )
        if (!isSending(now)) {
          throw domainError(
            'ERR_OPERATION_INVALID',
            `the job '${running.job?.kind ?? ''}' cannot be given up now`,
          )
        }
        await qmp.executeUnchecked('migrate_cancel')
      })
    },
  }
}
