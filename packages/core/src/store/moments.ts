import { domainError, quote } from '../errors.ts'
import type { ErrorCode } from '../errors.ts'
import type { Database } from './database.ts'
import type { SqlRow } from './rows.ts'

/** A moment of a domain that is remembered by a name: a snapshot, or a checkpoint. */
export interface MomentRow {
  readonly uuid: string
  readonly name: string
  readonly parent?: string
  /** The one that the domain's state now comes from. */
  readonly current: boolean
  /** Its document, with the domain's definition in it. */
  readonly xml: string
  readonly createdAtMs: number
}

/** One that is told again: what was known of it before is replaced. */
export interface ToldMoment extends NewMoment {
  readonly parent?: string
  readonly createdAtMs?: number
  /** It is made the current one; else that stays as it is. */
  readonly current: boolean
}

export type NewMoment = Pick<MomentRow, 'uuid' | 'name' | 'xml'>

/** Moments of one kind: a tree for each domain. */
export interface Moments {
  /** Oldest first. */
  all(uuid: string): readonly MomentRow[]
  need(uuid: string, name: string): MomentRow
  /** Becomes the current one, below the one that was. A name that is taken is refused. */
  add(moment: NewMoment): MomentRow
  /** Stores what a document says of one, at the place in the tree that it says. */
  redefine(moment: ToldMoment): MomentRow
  setCurrent(uuid: string, name: string): void
  replaceXml(uuid: string, name: string, xml: string): void
  /** Its children become its parent's; where it was current, its parent is. */
  remove(uuid: string, name: string): void
}

export interface MomentWords {
  readonly table: 'snapshots' | 'checkpoints'
  /** Of one that is not there. */
  readonly code: ErrorCode
  readonly what: string
}

export function openMoments(
  database: Database,
  now: () => number,
  { table, code, what }: MomentWords,
): Moments {
  const all = (uuid: string): readonly MomentRow[] =>
    database
      .all(`SELECT * FROM ${table} WHERE uuid = ? ORDER BY created_at, rowid`, uuid)
      .map(readMoment)
  const need = (uuid: string, name: string): MomentRow => {
    const row = database.get(`SELECT * FROM ${table} WHERE uuid = ? AND name = ?`, uuid, name)
    if (row !== undefined) return readMoment(row)
    throw domainError(code, `no domain ${what} with matching name ${quote(name, 200)}`)
  }
  const makeCurrent = (uuid: string, name: string | null): void => {
    const sql = `UPDATE ${table} SET is_current = CASE WHEN name = ? THEN 1 ELSE 0 END WHERE uuid = ?`
    database.run(sql, name ?? '', uuid)
  }
  const checkParent = ({ uuid, name, parent }: ToldMoment): void => {
    const rows = new Map(all(uuid).map((one) => [one.name, one]))
    if (parent !== undefined && parent !== name && !rows.has(parent))
      throw domainError(
        'ERR_INVALID_ARG',
        `parent ${quote(parent)} for ${what} ${quote(name)} not found`,
      )
    for (let at = parent; at !== undefined; at = rows.get(at)?.parent)
      if (at === name)
        throw domainError(
          'ERR_INVALID_ARG',
          `parent ${quote(parent ?? '')} would create cycle to ${quote(name)}`,
        )
  }
  return {
    all,
    need,
    add: ({ uuid, name, xml }) =>
      database.write(() => {
        const before = all(uuid)
        if (before.some((one) => one.name === name)) {
          const message = `domain ${what} ${quote(name, 200)} already exists`
          throw domainError('ERR_OPERATION_INVALID', message)
        }
        const parent = before.find(({ current }) => current)?.name ?? null
        const sql = `INSERT INTO ${table} (uuid, name, parent, is_current, xml, created_at)
          VALUES (?, ?, ?, 1, ?, ?)`
        database.run(sql, uuid, name, parent, xml, now())
        makeCurrent(uuid, name)
        return need(uuid, name)
      }),
    redefine: (moment) =>
      database.write(() => {
        const { uuid, name, parent, xml, createdAtMs = now(), current } = moment
        checkParent(moment)
        const known = all(uuid).find((one) => one.name === name)
        const sql = `INSERT INTO ${table} (uuid, name, parent, is_current, xml, created_at)
          VALUES (?, ?, ?, 0, ?, ?)
          ON CONFLICT (uuid, name) DO UPDATE SET parent = excluded.parent, xml = excluded.xml`
        database.run(sql, uuid, name, parent ?? null, xml, known?.createdAtMs ?? createdAtMs)
        if (current) makeCurrent(uuid, name)
        return need(uuid, name)
      }),
    setCurrent: (uuid, name) =>
      database.write(() => {
        need(uuid, name)
        makeCurrent(uuid, name)
      }),
    replaceXml: (uuid, name, xml) =>
      database.write(() => {
        need(uuid, name)
        database.run(`UPDATE ${table} SET xml = ? WHERE uuid = ? AND name = ?`, xml, uuid, name)
      }),
    remove: (uuid, name) =>
      database.write(() => {
        const { parent, current } = need(uuid, name)
        const up = parent ?? null
        database.run(`UPDATE ${table} SET parent = ? WHERE uuid = ? AND parent = ?`, up, uuid, name)
        database.run(`DELETE FROM ${table} WHERE uuid = ? AND name = ?`, uuid, name)
        if (current) makeCurrent(uuid, up)
      }),
  }
}

function readMoment(row: SqlRow): MomentRow {
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
