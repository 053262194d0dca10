import { domainError } from '../errors.ts'
import type { DomainStateName, EventFacts } from '../hypervisor/hypervisor.ts'
import type { Database } from './database.ts'
import { noDomain } from './domains.ts'
import { insertEvents } from './guest-events.ts'
import type { ProcessIdentity } from '../run/process-identity.ts'
import { readActive } from './rows.ts'
import type { ActiveRow, RunFacts } from './rows.ts'

export type Activation = Omit<ActiveRow, 'startedAtMs' | 'stateAtMs' | 'facts'> & {
  readonly facts?: RunFacts
  /** What it is to those who watch, beside that it runs. */
  readonly events?: readonly EventFacts[]
}

/**
 * One run of a domain. Changes name it by both, so that whoever comes late, having watched an
 * earlier run, changes nothing of the next one.
 */
export interface RunReference {
  readonly uuid: string
  readonly id: number
}

/** What a change of a domain leaves behind. */
export interface DefinitionChange {
  readonly live?: { readonly id: number; readonly xml: string }
  readonly definition?: string
  /** The title of what changes, where that does; empty for none. */
  readonly title?: string
  /** What it is to those who watch. */
  readonly events?: readonly EventFacts[]
}

/** Which domains run, and how they are. */
export interface Activity {
  /** A new id; ids are never used again, whether their domain ever runs or not. */
  allocateId(): number
  /** Records that the domain runs. */
  activate(activation: Activation): ActiveRow
  /** False where this run is over already. */
  setState(run: RunReference, state: DomainStateName, reason: string): boolean
  /** Replaces the live definition; false where this run is over already. */
  setLiveXml(run: RunReference, xml: string): boolean
  /** Replaces what the run remembers; false where it is over already. */
  setFacts(run: RunReference, facts: RunFacts): boolean
  /**
   * Records that this process ends a run, and why. False where another living one does already, or the
   * run is over.
   */
  beginEnd(run: RunReference, reason: string): boolean
  /** The run goes on after all. */
  cancelEnd(run: RunReference): void
  /**
   * Replaces the live definition, the persistent one, or both together. False where the run is over
   * already; then nothing has been changed.
   */
  change(uuid: string, change: DefinitionChange): boolean
  /**
   * Records that the run is over, and forgets a transient domain. True for exactly one caller, who
   * is to clean up after it.
   */
  deactivate(run: RunReference, state: DomainStateName, reason: string): boolean
  /** How a domain is that does not run, such as after a failed start; false where it runs. */
  setLastState(uuid: string, state: DomainStateName, reason: string): boolean
}

export interface ActivityContext {
  readonly now: () => number
  readonly owner: ProcessIdentity
  readonly isAlive: (identity: ProcessIdentity) => boolean
}

export function openActivity(
  database: Database,
  { now, owner, isAlive }: ActivityContext,
): Activity {
  const factsOf = ({ uuid, id }: RunReference): RunFacts | undefined => {
    const row = database.get('SELECT * FROM active WHERE uuid = ? AND id = ?', uuid, id)
    return row && readActive(row).facts
  }
  const writeFacts = ({ uuid, id }: RunReference, facts: RunFacts): boolean => {
    const sql = 'UPDATE active SET facts = ? WHERE uuid = ? AND id = ?'
    return database.run(sql, JSON.stringify(facts), uuid, id) === 1
  }
  /** What runs keeps the title that it has, whatever its definition comes to be called. */
  const keepTitle = (uuid: string, live: DefinitionChange['live'], title: string): void => {
    const row = database.get('SELECT * FROM active WHERE uuid = ?', uuid)
    if (row === undefined) return
    const { id, facts } = readActive(row)
    const stored = database.get('SELECT title FROM domains WHERE uuid = ?', uuid)?.['title']
    const before = facts.title ?? (typeof stored === 'string' ? stored : '')
    writeFacts({ uuid, id }, { ...facts, title: live === undefined ? before : title })
  }
  const tell = (uuid: string, facts: readonly EventFacts[]): void => {
    if (facts.length === 0) return
    const name = database.get('SELECT name FROM domains WHERE uuid = ?', uuid)?.['name']
    const id = database.get('SELECT id FROM active WHERE uuid = ?', uuid)?.['id']
    const subject = { uuid, id: Number(id ?? 0), name: String(name) }
    insertEvents(database, { subject, facts, timestampMs: now() })
  }
  const keepLast = (uuid: string, state: DomainStateName, reason: string): void => {
    const sql = 'INSERT OR REPLACE INTO last_state VALUES (?, ?, ?, ?)'
    database.run(sql, uuid, state, reason, now())
  }
  return {
    // No run outlives a power cut, so nothing that is said of one has to.
    allocateId: () =>
      database.writeLoosely(() => {
        const row = database.get(
          `UPDATE meta SET value = value + 1 WHERE key = 'next_id' RETURNING value - 1 AS id`,
        )
        return Number(row?.['id'])
      }),
    activate: (activation) =>
      database.writeLoosely(() => {
        const { uuid, id, process, xml, argv, stateDir, log, emulator, monitor } = activation
        if (!database.get('SELECT 1 FROM domains WHERE uuid = ?', uuid)) noDomain(uuid)
        if (database.get('SELECT 1 FROM active WHERE uuid = ?', uuid)) {
          throw domainError('ERR_OPERATION_INVALID', 'domain is already running')
        }
        const at = now()
        const { pid, startTime, bootId } = process
        const { state, reason } = activation
        const where = [xml, JSON.stringify(argv), stateDir, log, emulator, monitor]
        const facts = JSON.stringify(activation.facts ?? {})
        const values = [uuid, id, pid, startTime, bootId, ...where, at, state, reason, at, facts]
        database.run(
          `INSERT INTO active (uuid, id, pid, start_time, boot_id, xml, argv, state_dir, log,
             emulator, monitor, started_at, state, reason, state_at, facts)
           VALUES (${values.map(() => '?').join()})`,
          ...values,
        )
        database.run('DELETE FROM last_state WHERE uuid = ?', uuid)
        tell(uuid, activation.events ?? [])
        return readActive(
          database.get('SELECT * FROM active WHERE uuid = ?', uuid) ?? noDomain(uuid),
        )
      }),
    setState: ({ uuid, id }, state, reason) =>
      database.write(() => {
        const sql =
          'UPDATE active SET state = ?, reason = ?, state_at = ? WHERE uuid = ? AND id = ?'
        return database.run(sql, state, reason, now(), uuid, id) === 1
      }),
    setLiveXml: ({ uuid, id }, xml) =>
      database.write(
        () =>
          database.run('UPDATE active SET xml = ? WHERE uuid = ? AND id = ?', xml, uuid, id) === 1,
      ),
    setFacts: (run, facts) => database.write(() => writeFacts(run, facts)),
    beginEnd: (run, reason) =>
      database.write(() => {
        const facts = factsOf(run)
        if (facts === undefined) return false
        if (facts.ending !== undefined && isAlive(facts.ending.by)) return false
        return writeFacts(run, { ...facts, ending: { reason, by: owner } })
      }),
    cancelEnd: (run) =>
      database.write(() => {
        const { ending: _, ...facts } = factsOf(run) ?? {}
        writeFacts(run, facts)
      }),
    change: (uuid, { live, definition, title, events = [] }) =>
      database.write(() => {
        if (live !== undefined) {
          const sql = 'UPDATE active SET xml = ? WHERE uuid = ? AND id = ?'
          if (database.run(sql, live.xml, uuid, live.id) !== 1) return false
        }
        if (title !== undefined) keepTitle(uuid, live, title)
        tell(uuid, events)
        if (definition === undefined) return true
        const sql = 'UPDATE domains SET xml = ?, updated_at = ? WHERE uuid = ? AND xml IS NOT NULL'
        if (database.run(sql, definition, now(), uuid) !== 1) noDomain(uuid)
        if (title !== undefined)
          database.run('UPDATE domains SET title = ? WHERE uuid = ?', title || null, uuid)
        return true
      }),
    deactivate: ({ uuid, id }, state, reason) =>
      database.write(() => {
        const ended = database.run('DELETE FROM active WHERE uuid = ? AND id = ?', uuid, id) === 1
        if (!ended) return false
        // Its images and devices are free with it, in one: nobody buries a run twice.
        database.run('DELETE FROM image_uses WHERE uuid = ? AND id = ?', uuid, id)
        const free = 'UPDATE device_loans SET uuid = NULL, id = NULL WHERE uuid = ? AND id = ?'
        database.run(free, uuid, id)
        const gone = database.run('DELETE FROM domains WHERE uuid = ? AND xml IS NULL', uuid) === 1
        if (!gone) keepLast(uuid, state, reason)
        return true
      }),
    setLastState: (uuid, state, reason) =>
      database.write(() => {
        if (!database.get('SELECT 1 FROM domains WHERE uuid = ?', uuid)) noDomain(uuid)
        if (database.get('SELECT 1 FROM active WHERE uuid = ?', uuid)) return false
        keepLast(uuid, state, reason)
        return true
      }),
  }
}
