import { domainError, quote } from '../errors.ts'
import { randomUuid } from '../run/kernel-random.ts'
import type { ProcessIdentity } from '../run/process-identity.ts'
import type { Database } from './database.ts'
import { readJob } from './rows.ts'
import type { JobDetail, JobRow } from './rows.ts'

/** A job this process holds. */
export interface Job {
  readonly uuid: string
  readonly kind: string
  /** Proves who holds it; nobody else can go on with it or end it. */
  readonly token: string
  /** What the owner before died over: to be repaired before anything else. */
  readonly interrupted?: JobRow
}

/** Who changes a domain: one at a time, across all processes, and a dead one never blocks. */
export interface Jobs {
  /**
   * Takes the domain. Busy where a live owner holds it; the job of a dead owner is handed over as
   * `interrupted`. It stays recorded until it is {@link settled}, so that whoever takes its place and
   * dies leaves it to the next.
   */
  beginJob(uuid: string, kind: string, start?: { phase?: string; detail?: JobDetail }): Job
  /** What the owner before died over has been put right: from now on the job is its holder's own. */
  settled(job: Job): void
  /** Records how far the job is, before the step that follows; detail is replaced where given. */
  setPhase(job: Job, phase: string, detail?: JobDetail): void
  endJob(job: Job): void
  /**
   * Makes a change of the store in the moment in which nobody holds the domain.
   *
   * @param options `loosely`: a power cut may take it back.
   * @returns false, and nothing is changed, where somebody does, alive or dead.
   */
  whileFree(uuid: string, change: () => void, options?: { readonly loosely?: boolean }): boolean
  /** Lets go of a job that is not at its end: whoever looks next goes on with it. */
  leaveJob(job: Job): void
  /** All jobs, also those of domains that are only being made. */
  jobs(): readonly JobRow[]
  /** Jobs whose owners have died. */
  interruptedJobs(): readonly JobRow[]
}

export interface JobsContext {
  readonly now: () => number
  readonly owner: ProcessIdentity
  readonly isAlive: (identity: ProcessIdentity) => boolean
}

/** Where jobs are kept, and what they hold. */
export interface JobTable {
  readonly jobs: 'jobs' | 'document_jobs'
  readonly held: 'domains' | 'documents'
  /** What is held, in a word; a domain where it is left out. */
  readonly what?: string
}

const domainJobs: JobTable = { jobs: 'jobs', held: 'domains' }

export function openJobs(
  database: Database,
  { now, owner, isAlive }: JobsContext,
  { jobs: table, held, what = 'domain' }: JobTable = domainJobs,
): Jobs {
  const busy = (job: JobRow): Error => {
    const row = database.get(`SELECT name FROM ${held} WHERE uuid = ?`, job.uuid)
    const name = typeof row?.['name'] === 'string' ? row['name'] : job.uuid
    const seconds = Math.max(0, Math.round((now() - job.startedAtMs) / 1000))
    return domainError(
      'ERR_RESOURCE_BUSY',
      `${what} ${quote(name, 200)} is held by pid ${job.owner.pid}, which does '${job.kind}' ` +
        `(phase '${job.phase}') since ${seconds} s`,
    )
  }
  const all = (): readonly JobRow[] =>
    database.all(`SELECT * FROM ${table} ORDER BY started_at`).map(readJob)
  const lost = (job: Job): never => {
    throw domainError('ERR_INTERNAL_ERROR', `the job '${job.kind}' of ${job.uuid} is not held`)
  }
  return {
    // Who holds a domain is no matter after a power cut: nobody who lived then lives.
    beginJob: (uuid, kind, { phase = 'begin', detail = {} } = {}) =>
      database.writeLoosely(() => {
        const row = database.get(`SELECT * FROM ${table} WHERE uuid = ?`, uuid)
        const before = row && readJob(row)
        if (before && isAlive(before.owner)) throw busy(before)
        const token = randomUuid()
        const who = [owner.pid, owner.startTime, owner.bootId]
        const shown = before ?? { kind, phase, detail }
        const what = [shown.kind, shown.phase]
        const values = [uuid, token, ...what, ...who, now(), JSON.stringify(shown.detail)]
        const sql = `INSERT OR REPLACE INTO ${table} VALUES (${values.map(() => '?').join()})`
        database.run(sql, ...values)
        return { uuid, kind, token, ...(before ? { interrupted: before } : {}) }
      }),
    settled: (job) =>
      database.writeLoosely(() => {
        const sql = `UPDATE ${table} SET kind = ?, phase = 'begin', detail = '{}' WHERE uuid = ? AND token = ?`
        if (database.run(sql, job.kind, job.uuid, job.token) !== 1) lost(job)
      }),
    setPhase(job, phase, detail) {
      const change = (): void => {
        // What one before died over is no detail of other work.
        const kept = `CASE WHEN kind = ? THEN detail ELSE '{}' END`
        const sql = `UPDATE ${table} SET detail = coalesce(?, ${kept}), kind = ?, phase = ? WHERE uuid = ? AND token = ?`
        const replaced = detail === undefined ? null : JSON.stringify(detail)
        const { kind, uuid, token } = job
        const changed = database.run(sql, replaced, kind, kind, phase, uuid, token)
        if (changed !== 1) lost(job)
      }
      // No QEMU outlives a power cut, and what a start leaves in its folder is swept up.
      if (job.kind === 'start') database.writeLoosely(change)
      else database.write(change)
    },
    whileFree: (uuid, change, { loosely } = {}) => {
      const unlessHeld = (): boolean => {
        if (database.get(`SELECT 1 FROM ${table} WHERE uuid = ?`, uuid) !== undefined) return false
        change()
        return true
      }
      return loosely === true ? database.writeLoosely(unlessHeld) : database.write(unlessHeld)
    },
    endJob: (job) =>
      database.writeLoosely(() => {
        const sql = `DELETE FROM ${table} WHERE uuid = ? AND token = ?`
        if (database.run(sql, job.uuid, job.token) !== 1) lost(job)
      }),
    leaveJob: (job) =>
      database.write(() => {
        // No process of ours has this pid.
        const sql = `UPDATE ${table} SET pid = 0 WHERE uuid = ? AND token = ?`
        if (database.run(sql, job.uuid, job.token) !== 1) lost(job)
      }),
    jobs: all,
    interruptedJobs: () => all().filter((job) => !isAlive(job.owner)),
  }
}
