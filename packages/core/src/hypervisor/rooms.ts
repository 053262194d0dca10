import { domainError, quote } from '../errors.ts'
import type { Domain } from '../domain/domain.ts'
import type { QmpClient } from '../qmp/index.ts'
import type { DomainRecord, Job, JobDetail, Store } from '../store/index.ts'
import { refuseUnderBlockJob } from './blocks/refuse-under-block-job.ts'
import type { ConnectionDrivers } from './connection-drivers.ts'
import type { DomainReference } from './hypervisor.ts'
import { JobLeft } from './job-left.ts'
import type { Layout } from './layout.ts'
import type { AskedBeside, Liveness } from './liveness.ts'
import type { MonitorOptions } from './monitor.ts'
import type { Plan, PlanRequest, Planner } from './planning.ts'
import { returnLoans } from './pci/return-loans.ts'
import { runningOf } from './records.ts'
import type { Running } from './records.ts'

/** How long a query of the state waits for QEMU; the last known state answers after it. */
const stateMs = 1000

/** What every verb works with: where things are, what is known, and how to hold a domain. */
export interface Rooms {
  readonly store: Store
  readonly layout: Layout
  readonly liveness: Liveness
  readonly drivers: ConnectionDrivers
  /** Aborted when the connection is closed. */
  readonly closed: AbortSignal
  planner(): Promise<Planner>
  plan(xml: string, options?: PlanRequest): Promise<Plan>
  /**
   * The domain as it is now; what a dead process left half done is put right before. `also` asks a QEMU that
   * answers something more while it is asked how its guest is, unless somebody holds the domain.
   */
  find(reference: DomainReference, also?: AskedBeside): Promise<DomainRecord>
  /** @throws DomainError `ERR_OPERATION_INVALID` where it does not run. */
  findActive(reference: DomainReference): Promise<Running>
  /** Holds the domain while `work` changes it; nobody else changes it meanwhile. */
  withJob<T>(uuid: string, kind: string, work: (job: Job) => Promise<T>): Promise<T>
  /** Says something to QEMU while holding the domain, so that two changes never mix. */
  command<T>(running: Running, kind: string, talk: (qmp: QmpClient) => Promise<T>): Promise<T>
  /** Asks QEMU something without holding the domain. */
  ask<T>(
    running: Running,
    talk: (qmp: QmpClient) => Promise<T>,
    options?: MonitorOptions,
  ): Promise<T>
  /** The live definition as data. */
  live(running: Running): Promise<Domain>
}

export interface RoomsOptions {
  readonly store: Store
  readonly layout: Layout
  readonly liveness: Liveness
  readonly drivers: ConnectionDrivers
  readonly closed: AbortSignal
  readonly planner: () => Promise<Planner>
}

export function openRooms(options: RoomsOptions): Rooms {
  const { store, layout, liveness, drivers, closed, planner } = options
  const settle = async (uuid: string): Promise<void> => {
    const interrupted = store.interruptedJobs().find((job) => job.uuid === uuid)
    if (interrupted !== undefined) await liveness.repair(interrupted)
  }
  const find: Rooms['find'] = async (reference, also) => {
    let found = store.lookup(reference)
    // Only whoever holds a domain can have left it half done.
    if (found?.job !== undefined) {
      const { uuid } = found.domain
      // What cannot be put right now keeps nobody from being told what is known.
      await settle(uuid).catch(() => undefined)
      found = store.get(uuid)
    }
    const current = found === undefined ? undefined : await liveness.current(found, stateMs, also)
    if (current !== undefined) return current
    throw domainError('ERR_NO_DOMAIN', `no domain with matching name ${quote(reference)}`)
  }

  /** Where that cannot be written, this process is its owner until it ends. */
  const leave = (job: Job): void => {
    try {
      store.leaveJob(job)
    } catch {
      // Whoever left it has an error already, and a better one.
    }
  }

  const withJob: Rooms['withJob'] = async (uuid, kind, work) => {
    await settle(uuid)
    const job = store.beginJob(uuid, kind)
    let left = false
    try {
      await liveness.takeOver(job)
      const held = store.get(uuid)
      refuseUnderBackup(held, kind)
      refuseUnderBlockJob(held, kind)
      return await work(job)
    } catch (error) {
      left = error instanceof JobLeft
      throw error
    } finally {
      if (left) leave(job)
      else store.endJob(job)
      await returnLoans(store, layout.sysfs)
    }
  }

  const ask: Rooms['ask'] = async ({ active, domain }, talk, options) => {
    const { withMonitor } = await import('./monitor.ts')
    return withMonitor(active, domain.name, talk, options)
  }

  return {
    store,
    layout,
    liveness,
    drivers,
    closed,
    planner,
    plan: async (xml, options = {}) => (await planner()).plan(xml, options),
    find,
    async findActive(reference) {
      return runningOf(await find(reference))
    },
    withJob,
    ask,
    command: (running, kind, talk) => withJob(running.domain.uuid, kind, () => ask(running, talk)),
    async live({ active }) {
      const { parseDomain } = await import('../xml/parse-domain.ts')
      return parseDomain(active.xml).domain
    },
  }
}

/** What would end a backup unasked, or change the images under it. */
const againstBackup: readonly string[] = [
  'block-job',
  'blockresize',
  'checkpoint-create',
  'checkpoint-delete',
  'migrate',
  'save',
  'snapshot-create',
  'snapshot-delete',
  'snapshot-revert',
]

function refuseUnderBackup(record: DomainRecord | undefined, kind: string): void {
  const backup = record?.active?.facts.backup
  if (backup === undefined || !againstBackup.includes(kind)) return
  const seconds = Math.max(0, Math.round((Date.now() - backup.startedAtMs) / 1000))
  throw domainError(
    'ERR_RESOURCE_BUSY',
    `domain ${quote(record?.domain.name ?? '', 200)} has a ${backup.mode} backup since ${seconds} s: wait for its end (domjobinfo), or end it (domjobabort)`,
  )
}

/** The detail of a job, as data that survives JSON. */
export function detailOf(value: object): JobDetail {
  return value as JobDetail
}
