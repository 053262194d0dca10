import { existsSync } from 'node:fs'
import type { Domain } from '../domain/domain.ts'
import { DomainError } from '../errors.ts'
import { inLanes } from '../in-lanes.ts'
import { bootId, isAlive } from '../run/process-identity.ts'
import { rotateLog } from '../run/rotate-log.ts'
import { stopProcess } from '../run/stop-process.ts'
import type { StopOptions } from '../run/stop-process.ts'
import type { Sysfs } from '../run/sysfs.ts'
import type { QmpClient } from '../qmp/index.ts'
import type {
  ActiveGlance,
  ActiveRow,
  DomainGlance,
  DomainRecord,
  Job,
  JobRow,
  RunFacts,
  RunReference,
  Store,
} from '../store/index.ts'
import { leaveImages } from './confinement/hand-over.ts'
import type { StartDetail } from './start-domain.ts'
import { JobLeft } from './job-left.ts'
import type { Layout } from './layout.ts'
import { returnLoans } from './pci/return-loans.ts'
import { tapMarks } from './tap-mark.ts'
import { settlement } from './lifecycle-actions.ts'
import {
  hasHelpers,
  remainsOf,
  removeAbandonedRunImages,
  removeChosenFiles,
  removeLeftovers,
  removeRemains,
  removeRunFiles,
  stopHelpers,
  sweepRuns,
} from './run-remains.ts'
import type { SnapshotDetail } from './snapshots/finish-snapshot.ts'

/** What a QEMU is asked beside how its guest is. */
export type AskedBeside = (qmp: QmpClient) => Promise<void>

/** How long a look at all guests waits for one that does not answer, in milliseconds. */
const lookMs = 300

/** Guests looked at at the same time: each holds a connection and what it reads. */
const looks = 16

/**
 * Brings what is stored into line with what is true. No supervisor watches the guests: whoever
 * looks next finds out what has happened, and cleans up after it.
 */
export class Liveness {
  readonly #store: Store
  readonly #runDir: string
  readonly #sysfs: Sysfs | undefined

  constructor(store: Store, { runDir, sysfs }: Pick<Layout, 'runDir' | 'sysfs'>) {
    this.#store = store
    this.#runDir = runDir
    this.#sysfs = sysfs
  }

  /** Looks at all domains: what ended is buried, what waits is settled, what is left over goes. */
  async refresh(): Promise<void> {
    // Each may wait for a QEMU that says nothing.
    await inLanes(this.#store.interruptedJobs(), looks, (job) =>
      this.repair(job).catch(() => undefined),
    )
    await inLanes(this.#store.glance(), looks, (record) => this.#see(record))
    await sweepRuns(this.#store, this.#runDir)
    await removeLeftovers(this.#store)
    // Whoever should have given an image or a device back may have died over it.
    leaveImages(this.#store)
    await this.#returnLoans()
  }

  /** The domain as it is now, or nothing when it is gone. */
  async current(
    record: DomainRecord,
    timeoutMs: number = lookMs,
    also?: AskedBeside,
  ): Promise<DomainRecord | undefined> {
    return (await this.#see(record, timeoutMs, also)) ? this.#store.get(record.domain.uuid) : record
  }

  /** @returns whether there was something to see: the record may be another one now. */
  async #see(record: DomainGlance, timeoutMs = lookMs, also?: AskedBeside): Promise<boolean> {
    const { active } = record
    if (active === undefined) return false
    if (await this.#isOver(active)) return true
    // Whoever holds the domain is talking to its QEMU, and will leave it in order.
    if (record.job !== undefined) return false
    await this.#look(record, active, { timeoutMs, ...(also && { also }) })
    return true
  }

  async #isOver(seen: ActiveGlance): Promise<boolean> {
    if (isAlive(seen.process)) return false
    const active = this.#runOf(seen)
    if (active !== undefined) await this.bury(active, deathOf(active))
    return true
  }

  /** All that is stored of a run, unless it is over. */
  #runOf({ uuid, id }: RunReference): ActiveRow | undefined {
    const active = this.#store.get(uuid)?.active
    return active?.id === id ? active : undefined
  }

  /** Asks QEMU how the guest is. One that cannot answer now is as it was when it last could. */
  async #look(
    record: DomainGlance,
    active: ActiveGlance,
    { timeoutMs, also }: { readonly timeoutMs: number; readonly also?: AskedBeside },
  ): Promise<void> {
    const { name } = record.domain
    rotateLog(active.log)
    const { stateOf, withMonitor } = await monitor()
    try {
      const { status } = await withMonitor(
        active,
        name,
        async (qmp) => {
          await also?.(qmp)
          return qmp.execute('query-status')
        },
        { timeoutMs },
      )
      if ((active.facts.unplugging ?? []).length > 0) await this.#settleUnplugs(record, active)
      const now = stateOf(status, active)
      if (now !== active) this.#store.setState(active, now.state, now.reason)
      if (status === 'shutdown' || status === 'guest-panicked') await this.#settle(record, active)
    } catch {
      await this.#isOver(active)
    }
  }

  /** Takes leave of devices that the guest has let go of since it was asked to. */
  async #settleUnplugs({ domain }: DomainGlance, seen: ActiveGlance): Promise<void> {
    const { hasLetGo, settleUnplugs } = await import('./live/settle-unplugs.ts')
    const { withMonitor } = await monitor()
    // Nobody else is kept from the domain as long as there is nothing to do.
    if (!(await withMonitor(seen, domain.name, (qmp) => hasLetGo(qmp, seen)))) return
    await this.#whileHeld(domain.uuid, async () => {
      // Another one may have settled it between the look and the job, and a third one plugged anew.
      const active = this.#runOf(seen)
      if (active === undefined) return
      await withMonitor(active, domain.name, (qmp) => settleUnplugs(this.#store, active, qmp))
    })
  }

  /** Does with a guest that stopped what its definition asks for, and what QEMU left to us. */
  async #settle({ domain }: DomainGlance, seen: ActiveGlance): Promise<void> {
    await this.#whileHeld(domain.uuid, async () => {
      const active = this.#runOf(seen)
      if (active === undefined) return
      const { withMonitor } = await monitor()
      const live = await liveOf(active)
      await withMonitor(active, domain.name, async (qmp) => {
        // Another one may have settled it between the look and the job.
        const { status } = await qmp.execute('query-status')
        const wish = settlement(status, live)
        if (wish.do === 'restart') {
          await qmp.execute('system_reset')
          await qmp.execute('cont')
          this.#store.setState(active, 'running', wish.reason)
        }
        if (wish.do === 'stop') {
          await this.end(active, wish.reason, { termMs: 2000 })
        }
      })
    })
  }

  /** Settles something of a domain, unless somebody holds it: a later look does it then. */
  async #whileHeld(uuid: string, work: () => Promise<void>): Promise<void> {
    const job = this.#take(uuid, 'settle')
    if (job === undefined) return
    let left = false
    try {
      await this.takeOver(job)
      await work()
    } catch (error) {
      left = error instanceof JobLeft
      throw error
    } finally {
      if (left) this.#store.leaveJob(job)
      else this.#store.endJob(job)
      await this.#returnLoans()
    }
  }

  /**
   * Whoever held the domain may have died since the look: what he left is put right first.
   *
   * @throws JobLeft where it cannot be now; the job is his then, for the next.
   */
  async takeOver(job: Job): Promise<void> {
    if (job.interrupted === undefined) return
    try {
      await this.undo(job.interrupted)
    } catch (error) {
      if (error instanceof JobLeft) throw error
      throw new JobLeft('what another command left half done cannot be put right now', error)
    }
    this.#store.settled(job)
  }

  /**
   * Ends a run for a reason. The reason is recorded before the first signal: somebody else may see the
   * process die before this one does.
   *
   * @returns false where somebody else was ending it already, or it was over.
   */
  async end(active: ActiveRow, reason: string, options: StopOptions = {}): Promise<boolean> {
    const mine = this.#beginEnd(active, reason)
    try {
      await stopProcess(active.process, options)
    } catch (error) {
      if (mine) this.#store.cancelEnd(active)
      throw error
    }
    await this.bury(active, reason)
    return mine
  }

  #beginEnd(active: ActiveRow, reason: string): boolean {
    try {
      return this.#store.beginEnd(active, reason)
    } catch {
      // A store that cannot be written keeps nobody from pulling the plug.
      return true
    }
  }

  /** Records that a run is over and removes what belonged to it. */
  async bury(active: ActiveRow, reason: string): Promise<void> {
    // Before it is looked whether the run is known: of one that is not, the names of taps are others' by now.
    const { runImages = [], ...remains } = await remainsOf(active)
    const known = this.#runOf(active)
    if (known === undefined) return
    // When the run is forgotten, nobody knows of them any more.
    removeRunFiles(this.#store, runImages)
    this.#store.addLeftovers(remains.marks ?? [])
    removeChosenFiles(worthless(known.facts))
    if (!this.#store.deactivate(active, 'shut off', reason)) return
    const { stateDir, log } = active
    // One that QEMU never connected to does not know that it is over.
    if (hasHelpers(stateDir)) await stopHelpers(stateDir)
    await removeRemains(this.#store, remains)
    rotateLog(log)
    leaveImages(this.#store)
    await this.#returnLoans()
  }

  #returnLoans(): Promise<void> {
    return returnLoans(this.#store, this.#sysfs)
  }

  /** A command died in the middle: takes its place and undoes what it began. */
  async repair(job: JobRow): Promise<void> {
    const taken = this.#take(job.uuid, job.kind, job)
    if (taken === undefined) return
    try {
      await this.undo(job)
    } catch (error) {
      this.#store.leaveJob(taken)
      throw error
    }
    this.#store.endJob(taken)
    await this.#returnLoans()
  }

  /**
   * A start that had not come to the store leaves a QEMU that nobody knows: it is stopped. One that
   * had is running: what was begun with it is finished, or taken back.
   */
  async undo(job: JobRow): Promise<void> {
    const record = this.#store.get(job.uuid)
    if (record !== undefined && job.kind === 'snapshot-create') {
      const { finishSnapshot } = await import('./snapshots/finish-snapshot.ts')
      const isTaken = await finishSnapshot(this.#store, record, job)
      const { snapshot } = job.detail as Partial<SnapshotDetail>
      const { active } = this.#store.get(job.uuid) ?? {}
      if (isTaken && snapshot?.halt === true && active !== undefined)
        await this.end(active, 'from snapshot', { termMs: 2000 })
      return
    }
    if (record !== undefined && job.kind === 'undefine') {
      const { finishUndefine } = await import('./finish-undefine.ts')
      return finishUndefine(this.#store, job)
    }
    if (record !== undefined && job.kind === 'snapshot-delete') {
      const { finishDelete } = await import('./snapshots/delete-snapshot.ts')
      await finishDelete(this.#store, record, job)
      return
    }
    const end = async (active: ActiveRow, reason: string): Promise<void> => {
      await this.end(active, reason, { termMs: 2000 })
    }
    if (record !== undefined && job.kind === 'snapshot-revert') {
      const { finishRevert } = await import('./snapshots/go-back.ts')
      const { stateDir } = job.detail as StartDetail
      // A QEMU that was half started has the images open.
      if (record.active === undefined && stateDir !== undefined) await stopHelpers(stateDir)
      await finishRevert({ store: this.#store, end }, record, job)
    }
    if (record !== undefined && job.kind === 'migrate') {
      const { finishMigration } = await import('./migration/finish-migration.ts')
      return finishMigration({ store: this.#store, end }, record, job)
    }
    if (record?.active !== undefined) {
      const { finishJob } = await import('./live/finish-job.ts')
      await finishJob({ store: this.#store, end }, { ...record, active: record.active }, job)
      return
    }
    const { removeUnfinished } = await import('./live/remove-unfinished.ts')
    await removeUnfinished(job)
    const { id, runImages, taps = [], ...remains } = job.detail as StartDetail
    if (job.kind === 'migrate-in') {
      const { removeArrivals } = await import('./migration/finish-migration.ts')
      await removeArrivals(job)
    }
    if (remains.stateDir !== undefined) await stopHelpers(remains.stateDir)
    await removeAbandonedRunImages(this.#store, runImages)
    await removeRemains(this.#store, { ...remains, marks: tapMarks(taps) })
    if (id !== undefined) {
      leaveImages(this.#store, { uuid: job.uuid, id })
      this.#store.releaseDevices({ uuid: job.uuid, id })
    }
    if (record === undefined || this.#store.forgetTransient(job.uuid)) return
    if (job.kind === 'start' || remains.stateDir !== undefined)
      this.#store.setLastState(job.uuid, 'shut off', 'failed')
  }

  /** A job, or nothing where a living process holds the domain. */
  #take(uuid: string, kind: string, from?: JobRow): Job | undefined {
    try {
      return this.#store.beginJob(uuid, kind, from && { phase: from.phase, detail: from.detail })
    } catch (error) {
      if (error instanceof DomainError && error.code === 'ERR_RESOURCE_BUSY') return undefined
      throw error
    }
  }
}

/** The XML readers and the QMP client are loaded only where a guest runs. */
const monitor = () => import('./monitor.ts')

/** Files beside a guest's disks that are worth nothing without it. */
function worthless({ backup, blockJobs = {} }: RunFacts): readonly string[] {
  // What was put aside; a copy may be whole, and nobody can say any more.
  const scratch = backup?.mode === 'pull' ? backup.disks.filter(({ made }) => made) : []
  // A copy that was never begun is not.
  const unbegun = Object.values(blockJobs).map((job) => job.unbegun?.made)
  return [...scratch.map(({ file }) => file), backup?.socket, ...unbegun].filter(
    (file) => file !== undefined,
  )
}

async function liveOf(active: ActiveRow): Promise<Domain> {
  const { parseDomain } = await import('../xml/parse-domain.ts')
  return parseDomain(active.xml).domain
}

/**
 * QEMU removes its monitor socket, and its pid file where it has one, when it ends in order; a killed
 * or crashed one cannot.
 */
function deathOf(active: ActiveRow): string {
  if (active.process.bootId !== bootId()) return 'unknown'
  if (active.facts.ending !== undefined) return active.facts.ending.reason
  if (active.state === 'crashed') return 'crashed'
  const pidFile = active.argv[active.argv.indexOf('-pidfile') + 1]
  const trace = active.argv.includes('-pidfile') && pidFile !== undefined ? pidFile : active.monitor
  return existsSync(trace) ? 'crashed' : 'shutdown'
}
