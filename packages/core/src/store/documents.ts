import { domainError, quote } from '../errors.ts'
import type { ErrorCode } from '../errors.ts'
import { bootId } from '../run/process-identity.ts'
import type { Database } from './database.ts'
import { insertDocumentEvent } from './document-events.ts'
import type { DocumentEventName } from './document-events.ts'
import type { SqlRow } from './rows.ts'

/** A document that a driver keeps: a network, a storage pool. */
export interface StoredDocument {
  /** Lower case. */
  readonly uuid: string
  readonly name: string
  /** The persistent definition; a transient one has none, and is gone when it is not active. */
  readonly xml?: string
  /** What it is active with; absent while it is not. */
  readonly liveXml?: string
  readonly active: boolean
  readonly persistent: boolean
  readonly autostart: boolean
  /** What the driver remembers of this activity: plain JSON, empty while it is not active. */
  readonly facts: Readonly<Record<string, unknown>>
  readonly createdAtMs: number
}

/** A definition as it is to be stored. */
export type NewDocument = Pick<StoredDocument, 'uuid' | 'name'> & { readonly xml: string }

/** What a document is active with. */
export interface ActiveDocument {
  readonly liveXml: string
  readonly facts?: Readonly<Record<string, unknown>>
}

/** Another event than the one that a change is to those who watch; nothing where it is none. */
export interface Telling {
  readonly tells?: DocumentEventName | null
}

/** How a kind of document is called, and what is raised where there is none of a name. */
export interface DocumentWords {
  /** In the store: `network`, `pool`. */
  readonly kind: string
  /** In messages: `network`, `storage pool`. */
  readonly what: string
  readonly missing: ErrorCode
}

/**
 * Documents of one kind. Each method is one transaction, and any number of processes may have it
 * open. Activity belongs to a boot of the machine: after another one nothing is active.
 */
export interface DocumentStore {
  /** By name. */
  list(): readonly StoredDocument[]
  /** By UUID, or by name. */
  find(reference: string): StoredDocument | undefined
  /** @throws DomainError with the kind's own code where there is none. */
  lookup(reference: string): StoredDocument
  /**
   * Stores or replaces a persistent definition. One with this name and another UUID, or this UUID
   * and another name, is in the way and is named. `defined` to those who watch.
   */
  put(document: NewDocument, telling?: Telling): StoredDocument
  /** Stores one that lives until it is not active any more; `started`. */
  putTransient(
    document: Omit<NewDocument, 'xml'> & ActiveDocument,
    telling?: Telling,
  ): StoredDocument
  /**
   * Makes it active, changes what it is active with, or ends it (`undefined`); a transient one is
   * forgotten then. False where it was ended already. `started`, nothing, or `stopped`.
   */
  setActive(uuid: string, active: ActiveDocument | undefined, telling?: Telling): boolean
  setAutostart(uuid: string, autostart: boolean): void
  /** Removes a definition; what is active becomes transient. `undefined`. */
  remove(uuid: string, telling?: Telling): void
  /** Tells those who watch of something that changed no document. */
  tell(uuid: string, event: DocumentEventName): void
}

export function openDocuments(
  database: Database,
  { kind, what, missing }: DocumentWords,
  now: () => number,
): DocumentStore {
  const boot = bootId()
  forgetOtherBoots(database, kind, boot)
  const one = (column: 'uuid' | 'name', value: string): StoredDocument | undefined => {
    const sql = `SELECT * FROM documents WHERE kind = ? AND ${column} = ?`
    const row = database.get(sql, kind, value)
    return row && readDocumentRow(row)
  }
  const find = (reference: string): StoredDocument | undefined =>
    one('uuid', reference.toLowerCase()) ?? one('name', reference)
  const none = (how: string): never => {
    throw domainError(missing, `no ${what} with matching ${how}`)
  }
  const need = (uuid: string): StoredDocument => one('uuid', uuid) ?? none(`uuid ${quote(uuid)}`)
  /** What is there with this name or UUID, unless it is another one's. */
  const settled = (uuid: string, name: string): StoredDocument | undefined => {
    const named = one('name', name)
    if (named !== undefined && named.uuid !== uuid) {
      const message = `${what} ${quote(name, 200)} already exists with uuid ${named.uuid}`
      throw domainError('ERR_OPERATION_FAILED', message)
    }
    const known = one('uuid', uuid)
    if (known !== undefined && known.name !== name) {
      const message = `${what} ${quote(known.name, 200)} is already defined with uuid ${uuid}`
      throw domainError('ERR_OPERATION_FAILED', message)
    }
    return known
  }
  const insert = (uuid: string, name: string): void => {
    const sql = 'INSERT INTO documents (kind, uuid, name, created_at) VALUES (?, ?, ?, ?)'
    database.run(sql, kind, uuid, name, now())
  }
  const activate = (uuid: string, { liveXml, facts = {} }: ActiveDocument): void => {
    const sql =
      'UPDATE documents SET live_xml = ?, facts = ?, boot_id = ? WHERE kind = ? AND uuid = ?'
    database.run(sql, liveXml, JSON.stringify(facts), boot, kind, uuid)
  }
  const tell = (
    { uuid, name }: Pick<StoredDocument, 'uuid' | 'name'>,
    event: DocumentEventName | undefined,
    { tells = event }: Telling = {},
  ): void => {
    if (tells === undefined || tells === null) return
    insertDocumentEvent(database, { kind, uuid, name, event: tells, timestampMs: now() })
  }
  return {
    list: () =>
      database
        .all('SELECT * FROM documents WHERE kind = ? ORDER BY name', kind)
        .map(readDocumentRow),
    find,
    lookup: (reference) => find(reference) ?? none(`name ${quote(reference, 200)}`),
    put: ({ uuid, name, xml }, telling) =>
      database.write(() => {
        if (settled(uuid, name) === undefined) insert(uuid, name)
        database.run('UPDATE documents SET xml = ? WHERE kind = ? AND uuid = ?', xml, kind, uuid)
        tell({ uuid, name }, 'defined', telling)
        return need(uuid)
      }),
    putTransient: ({ uuid, name, ...active }, telling) =>
      database.write(() => {
        const known = settled(uuid, name)
        if (known?.active === true) {
          const message = `${what} ${quote(name, 200)} is already active`
          throw domainError('ERR_OPERATION_INVALID', message)
        }
        if (known === undefined) insert(uuid, name)
        activate(uuid, active)
        tell({ uuid, name }, 'started', telling)
        return need(uuid)
      }),
    setActive: (uuid, active, telling) =>
      database.write(() => {
        const before = one('uuid', uuid)
        if (active !== undefined) {
          const known = need(uuid)
          activate(uuid, active)
          tell(known, known.active ? undefined : 'started', telling)
          return true
        }
        if (before === undefined || !before.active) return false
        const sql = before.persistent
          ? `UPDATE documents SET live_xml = NULL, boot_id = NULL, facts = '{}' WHERE kind = ? AND uuid = ?`
          : 'DELETE FROM documents WHERE kind = ? AND uuid = ?'
        database.run(sql, kind, uuid)
        tell(before, 'stopped', telling)
        return true
      }),
    setAutostart: (uuid, autostart) =>
      database.write(() => {
        need(uuid)
        const sql = 'UPDATE documents SET autostart = ? WHERE kind = ? AND uuid = ?'
        database.run(sql, autostart ? 1 : 0, kind, uuid)
      }),
    remove: (uuid, telling) =>
      database.write(() => {
        const known = need(uuid)
        const sql = known.active
          ? 'UPDATE documents SET xml = NULL, autostart = 0 WHERE kind = ? AND uuid = ?'
          : 'DELETE FROM documents WHERE kind = ? AND uuid = ?'
        database.run(sql, kind, uuid)
        tell(known, 'undefined', telling)
      }),
    tell: (uuid, event) => database.write(() => tell(need(uuid), event)),
  }
}

/** What was active when the machine went down is not; what was only that is gone. */
function forgetOtherBoots(database: Database, kind: string, boot: string): void {
  const stale = 'kind = ? AND boot_id IS NOT NULL AND boot_id <> ?'
  if (database.get(`SELECT 1 FROM documents WHERE ${stale}`, kind, boot) === undefined) return
  database.write(() => {
    database.run(`DELETE FROM documents WHERE ${stale} AND xml IS NULL`, kind, boot)
    const ended = `live_xml = NULL, boot_id = NULL, facts = '{}'`
    database.run(`UPDATE documents SET ${ended} WHERE ${stale}`, kind, boot)
  })
}

function readDocumentRow(row: SqlRow): StoredDocument {
  const xml = row['xml'] as string | null
  const liveXml = row['live_xml'] as string | null
  return {
    uuid: row['uuid'] as string,
    name: row['name'] as string,
    ...(xml !== null && { xml }),
    ...(liveXml !== null && { liveXml }),
    active: liveXml !== null,
    persistent: xml !== null,
    autostart: row['autostart'] === 1,
    facts: JSON.parse(row['facts'] as string) as StoredDocument['facts'],
    createdAtMs: row['created_at'] as number,
  }
}
