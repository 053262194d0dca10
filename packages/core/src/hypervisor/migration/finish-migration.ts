import { rm } from 'node:fs/promises'
import { isAlive } from '../../run/process-identity.ts'
import { stopProcess } from '../../run/stop-process.ts'
import { DomainError, domainError } from '../../errors.ts'
import type { ActiveRow, DomainDefinition, DomainRecord, JobRow, Store } from '../../store/index.ts'
import { openStore } from '../../store/index.ts'
import { tellToFinish } from '../live/ask-to-finish.ts'
import type { FinishContext } from '../live/finish-job.ts'
import { withMonitor } from '../monitor.ts'
import { stopHelpers } from '../run-remains.ts'
import type { Running } from '../records.ts'
import type { StartDetail } from '../start-domain.ts'
import { isPostCopy, migrationStatus } from '../saving/migration-status.ts'
import type { MigrationStatus } from '../saving/migration-status.ts'
import { keepGuest } from './keep-guest.ts'
import { detailOfMigration } from './migration-detail.ts'
import type { ArrivalDetail, MigrationPhase } from './migration-detail.ts'
import { putBackDefinition } from './put-back-definition.ts'

/**
 * A migration whose process died, or that could not be finished. Where the destination has the guest,
 * the one here ends; else it goes on here, and nothing of it is left there. Never both, never none.
 */
export async function finishMigration(
  { store, end }: FinishContext,
  { active, domain }: DomainRecord,
  job: JobRow,
): Promise<void> {
  const migrate = detailOfMigration(job)
  if (migrate === undefined) return
  const { uuid, name } = domain
  const phase = job.phase as MigrationPhase
  using there = await openStore({ path: `${migrate.destination}/polyvirt.db` }).catch(
    () => undefined,
  )
  const run = there?.get(uuid)?.active
  // Only a run that is written down there is told to go on.
  const unknown = run === undefined ? arrivalOf(there, uuid) : undefined
  const lives = run !== undefined && isAlive(run.process)
  const sent = active && (await sentBy(active, name))
  if (sent !== undefined && isPostCopy(sent))
    throw domainError('ERR_OPERATION_INVALID', 'the rest of its memory is still on its way')
  // Whose QEMU has not sent all of a guest has it alone, whatever waits at the other side.
  const isHere = sent !== undefined && sent.status !== 'completed'
  if (phase === 'finish' || (lives && phase !== 'take-back' && !isHere)) {
    if (active !== undefined) {
      store.keepImages(active, migrate.left)
      await end(active, 'migrated')
    }
    if (there !== undefined && lives && migrate.resume !== false)
      await goOn(there, { domain, active: run })
    if (migrate.undefineSource === true && store.get(uuid)?.domain.persistent === true)
      store.undefine(uuid)
    return
  }
  if (there !== undefined) {
    if (lives) await endThere(there, run)
    putBack(there, uuid, migrate.before)
  }
  if (active === undefined || !isAlive(active.process)) return
  if (unknown?.stateDir !== undefined) await stopHelpers(unknown.stateDir)
  if (phase === 'handover' && !isHere && unknown === undefined) {
    // It may have gone on there and died since, with what it wrote: that is for its owner to judge.
    store.setState(active, 'paused', 'migrating')
    return
  }
  const wasRunning = migrate.running
  const isKept = await tellToFinish({ domain, active }, (qmp) =>
    keepGuest(qmp, { wasRunning, xml: active.xml }),
  )
  if (!isKept) return
  if (wasRunning) store.setState(active, 'running', 'migration canceled')
  else store.setState(active, 'paused', 'user')
}

/** What QEMU here says of the migration; nothing where it cannot be asked. */
function sentBy(active: ActiveRow, name: string): Promise<MigrationStatus | undefined> {
  return withMonitor(active, name, migrationStatus).catch(() => undefined)
}

/** A guest that came to another root, whose command died before its run was written down. */
function arrivalOf(there: Store | undefined, uuid: string): StartDetail | undefined {
  const jobs = there?.interruptedJobs() ?? []
  return jobs.find((one) => one.uuid === uuid && one.kind === 'migrate-in')?.detail
}

/** What somebody has defined there meanwhile is theirs. */
function putBack(there: Store, uuid: string, before: DomainDefinition | undefined): void {
  try {
    putBackDefinition(there, uuid, before)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
  }
}

/** What arrived and is not to stay; whoever looks there next cleans up after it. */
async function endThere(there: Store, run: ActiveRow): Promise<void> {
  there.beginEnd(run, 'failed')
  await stopProcess(run.process, { termMs: 2000 })
}

/** A guest that still waits for the word of whoever sent it. */
async function goOn(store: Store, running: Running): Promise<void> {
  const { active } = running
  if (active.state !== 'paused' || active.reason !== 'migrating') return
  const isTold = await tellToFinish(running, (qmp) => qmp.execute('cont'))
  if (isTold) store.setState(active, 'running', 'migrated')
}

/** A guest that arrived and was never told to go on: whoever sent it is gone, so it goes on. */
export async function finishArrival(
  { store }: FinishContext,
  running: Running,
  job: JobRow,
): Promise<void> {
  const { active } = running
  const { arrival } = job.detail as ArrivalDetail
  if (arrival?.definition !== undefined) store.define(arrival.definition)
  store.adoptImages(arrival?.owners ?? [])
  if (arrival?.resume === false) store.setState(active, 'paused', 'user')
  else await goOn(store, running)
}

/** Images that were made for a guest that did not come. */
export async function removeArrivals({ detail }: JobRow): Promise<void> {
  const { arrival } = detail as ArrivalDetail
  for (const file of arrival?.made ?? []) await rm(file, { force: true })
}
