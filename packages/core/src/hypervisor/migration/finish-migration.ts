import { isAlive } from '../../run/process-identity.ts'
import type { JobRow } from '../../store/index.ts'
import { openStore } from '../../store/index.ts'
import type { FinishContext } from '../live/finish-job.ts'
import { withMonitor } from '../monitor.ts'
import type { Running } from '../records.ts'
import { cancelMigration } from '../saving/migration-status.ts'
import type { MigrationDetail } from './migrate-domain.ts'

/**
 * A migration whose process died. Where the destination has the guest, the one here ends; else it goes
 * on here, and the destination's own repair ends what waits there. Never both, never none.
 */
export async function finishMigration(
  { store, end }: FinishContext,
  { active, domain }: Running,
  job: JobRow,
): Promise<void> {
  const { migrate } = job.detail as Partial<MigrationDetail>
  if (migrate === undefined) return
  if (await hasArrived(migrate.destination, domain.uuid)) {
    await end(active, 'migrated')
    return
  }
  await withMonitor(active, domain.name, async (qmp) => {
    await cancelMigration(qmp)
    if (migrate.running) await qmp.execute('cont')
  }).catch(() => undefined)
  if (migrate.running) store.setState(active, 'running', 'migration canceled')
}

/** Does the other root have the guest? It is recorded there only once all of it has come. */
async function hasArrived(libDir: string, uuid: string): Promise<boolean> {
  try {
    using other = await openStore({ path: `${libDir}/polyvirt.db` })
    const run = other.get(uuid)?.active
    return run !== undefined && isAlive(run.process)
  } catch {
    return false
  }
}

/** A guest that arrived and was never told to go on: whoever sent it is gone, so it goes on. */
export async function finishArrival({ store }: FinishContext, running: Running): Promise<void> {
  const { active, domain } = running
  await withMonitor(active, domain.name, (qmp) => qmp.execute('cont')).catch(() => undefined)
  store.setState(active, 'running', 'migrated')
}
