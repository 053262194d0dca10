import { domainError, quote } from '../errors.ts'
import type { Database } from './database.ts'
import type { SqlRow } from './rows.ts'

/** One snapshot of a domain, as it is stored. */
export interface SnapshotRow {
  readonly uuid: string
  readonly name: string
  readonly parent?: string
  /** The one that the domain's state now goes back to. */
  readonly current: boolean
  /** The `<domainsnapshot>` document, with the domain's definition in it. */
  readonly xml: string
  readonly createdAtMs: number
}

export type NewSnapshot = Pick<SnapshotRow, 'uuid' | 'name' | 'xml'>

/** What is known of snapshots: a tree for each domain. */
export interface Snapshots {
  /** Oldest first. */
  snapshots(uuid: string): readonly SnapshotRow[]
  /** @throws DomainError `ERR_NO_DOMAIN_SNAPSHOT` */
  snapshot(uuid: string, name: string): SnapshotRow
  /** Becomes the current one, below the one that was. A name that is taken is refused. */
  addSnapshot(snapshot: NewSnapshot): SnapshotRow
  setCurrentSnapshot(uuid: string, name: string): void
  replaceSnapshotXml(uuid: string, name: string, xml: string): void
  /** Its children become its parent's; where it was current, its parent is. */
  removeSnapshot(uuid: string, name: string): void
}

export function openSnapshots(database: Database, now: () => number): Snapshots {
  const all = (uuid: string): readonly SnapshotRow[] =>
    database
      .all('SELECT * FROM snapshots WHERE uuid = ? ORDER BY created_at, rowid', uuid)
      .map(readSnapshot)
  const need = (uuid: string, name: string): SnapshotRow => {
    const row = database.get('SELECT * FROM snapshots WHERE uuid = ? AND name = ?', uuid, name)
    if (row !== undefined) return readSnapshot(row)
    throw domainError(
      'ERR_NO_DOMAIN_SNAPSHOT',
      `no domain snapshot with matching name ${quote(name, 200)}`,
    )
  }
  const makeCurrent = (uuid: string, name: string | null): void => {
    database.run(
      'UPDATE snapshots SET is_current = CASE WHEN name = ? THEN 1 ELSE 0 END WHERE uuid = ?',
      name ?? '',
      uuid,
    )
  }
  return {
    snapshots: all,
    snapshot: need,
    addSnapshot: ({ uuid, name, xml }) =>
      database.write(() => {
        const before = all(uuid)
        if (before.some((one) => one.name === name)) {
          throw domainError(
            'ERR_OPERATION_INVALID',
            `domain snapshot ${quote(name, 200)} already exists`,
          )
        }
        const parent = before.find(({ current }) => current)?.name ?? null
        database.run(
          'INSERT INTO snapshots (uuid, name, parent, is_current, xml, created_at) VALUES (?, ?, ?, 1, ?, ?)',
          uuid,
          name,
          parent,
          xml,
          now(),
        )
        makeCurrent(uuid, name)
        return need(uuid, name)
      }),
    setCurrentSnapshot: (uuid, name) =>
      database.write(() => {
        need(uuid, name)
        makeCurrent(uuid, name)
      }),
    replaceSnapshotXml: (uuid, name, xml) =>
      database.write(() => {
        need(uuid, name)
        database.run('UPDATE snapshots SET xml = ? WHERE uuid = ? AND name = ?', xml, uuid, name)
      }),
    removeSnapshot: (uuid, name) =>
      database.write(() => {
        const { parent, current } = need(uuid, name)
        const up = parent ?? null
        database.run(
          'UPDATE snapshots SET parent = ? WHERE uuid = ? AND parent = ?',
          up,
          uuid,
          name,
        )
        database.run('DELETE FROM snapshots WHERE uuid = ? AND name = ?', uuid, name)
        if (current) makeCurrent(uuid, up)
      }),
  }
}

function readSnapshot(row: SqlRow): SnapshotRow {
  const parent = row['parent'] as string | null
  return {
    uuid: row['uuid'] as string,
    name: row['name'] as string,
    ...(parent === null ? {} : { parent }),
    current: row['is_current'] === 1,
    xml: row['xml'] as string,
    createdAtMs: row['created_at'] as number,
  }
}
