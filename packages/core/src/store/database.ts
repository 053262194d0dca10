import { closeSync, constants, fstatSync, fsyncSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { SQLInputValue, StatementSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { DomainError, domainError, quote } from '../errors.ts'
import { monotonicMs } from '../run/monotonic-ms.ts'
import { makePrivateDir } from '../run/private-dir.ts'
import type { SqlRow } from './rows.ts'
import { applicationId, migrations } from './schema.ts'

/** How long a writer waits for another one. Transactions here take about a millisecond. */
const busyTimeoutMs = 5000

/**
 * How many pages of 4 KiB the journal has when what is in it goes to the database file. Who opens the
 * database first reads what there is, so a journal that is left is to be short; a start writes 14.
 */
const journalPages = 250

type Parameters = readonly SQLInputValue[]

/** One connection to the state database, with errors in this project's words. */
export class Database {
  readonly #database: DatabaseSync
  readonly #path: string
  /** Statements by their text: what is asked is asked again. */
  readonly #statements = new Map<string, StatementSync>()

  constructor(database: DatabaseSync, path: string) {
    this.#database = database
    this.#path = path
  }

  /**
   * Runs changes: all of them are made, durably, or none. Waits for other writers; readers are
   * neither waited for nor kept waiting. Changes within a change are a part of it.
   */
  write<T>(change: () => T): T {
    if (this.#inTransaction()) return change()
    return this.#transaction('BEGIN IMMEDIATE', change)
  }

  /**
   * The same for what a power cut may take back, and nothing else: it does not wait for the disk. The
   * journal is in order, so whatever is written durably behind it makes it durable, too.
   */
  writeLoosely<T>(change: () => T): T {
    if (this.#inTransaction()) return change()
    this.exec('PRAGMA synchronous = NORMAL')
    try {
      return this.write(change)
    } finally {
      this.exec('PRAGMA synchronous = FULL')
    }
  }

  /** Runs queries that all see the same moment, within a change its own. Needs no writer to finish. */
  read<T>(query: () => T): T {
    if (this.#inTransaction()) return query()
    return this.#transaction('BEGIN', query)
  }

  all(sql: string, ...parameters: Parameters): readonly SqlRow[] {
    return this.#guard(() => this.#prepare(sql).all(...parameters) as readonly SqlRow[])
  }

  get(sql: string, ...parameters: Parameters): SqlRow | undefined {
    return this.#guard(() => this.#prepare(sql).get(...parameters) as SqlRow | undefined)
  }

  /** How many rows it changed. */
  run(sql: string, ...parameters: Parameters): number {
    return this.#guard(() => Number(this.#prepare(sql).run(...parameters).changes))
  }

  exec(sql: string): void {
    this.#guard(() => this.#database.exec(sql))
  }

  pragma(name: string): number | string | undefined {
    const row = this.get(`PRAGMA ${name}`)
    return row === undefined ? undefined : (Object.values(row)[0] as number | string)
  }

  /** The last one to close the database empties its journal and removes it, which waits for the disk. */
  close(): void {
    if (this.#database.isOpen) this.#database.close()
  }

  #inTransaction(): boolean {
    return this.#guard(() => this.#database.isTransaction)
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (statement === undefined) {
      statement = this.#database.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }

  #transaction<T>(begin: string, body: () => T): T {
    this.run(begin)
    try {
      const result = body()
      this.run('COMMIT')
      return result
    } catch (error) {
      // A full disk may have rolled back by itself.
      if (this.#database.isTransaction) this.run('ROLLBACK')
      throw error
    }
  }

  #guard<T>(query: () => T): T {
    try {
      return query()
    } catch (error) {
      throw translate(error, this.#path)
    }
  }
}

/** Opens, and where needed makes or brings up to date, the database file. */
export async function openDatabase(path: string): Promise<Database> {
  await makePrivateDir(dirname(path))
  claimFile(path)
  let connection: DatabaseSync
  try {
    connection = new DatabaseSync(path)
  } catch (error) {
    throw translate(error, path)
  }
  const database = new Database(connection, path)
  try {
    database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`)
    checkKind(database, path)
    await useWal(database)
    database.exec('PRAGMA synchronous = FULL')
    database.exec('PRAGMA foreign_keys = ON')
    database.exec(`PRAGMA wal_autocheckpoint = ${journalPages}`)
    if (schemaOf(database, path) < migrations.length) migrate(database, path)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Makes the file 0600 before SQLite would make it otherwise; SQLite's own two files follow it. */
function claimFile(path: string): void {
  const { O_RDWR, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants
  let file: number
  try {
    file = openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    throw domainError('ERR_SYSTEM_ERROR', `cannot open ${quote(path, 200)}: ${code}`, { cause })
  }
  try {
    const found = fstatSync(file)
    const refuse = (what: string): never => {
      throw domainError('ERR_OPERATION_INVALID', `the state database ${quote(path, 200)} ${what}`)
    }
    if (!found.isFile()) refuse('is not a regular file')
    if (found.uid !== process.geteuid?.()) refuse(`belongs to uid ${found.uid}`)
    if ((found.mode & 0o077) !== 0) refuse('is open to other users: chmod 0600 it')
  } finally {
    closeSync(file)
  }
}

/** Refuses a database that is not ours, before anything in it is changed. */
function checkKind(database: Database, path: string): void {
  const id = database.pragma('application_id')
  if (id === applicationId) return
  const tables = database.get('SELECT count(*) AS tables FROM sqlite_schema')
  if (id === 0 && tables?.['tables'] === 0) return
  // Another process of ours may have made it between the two questions.
  if (database.pragma('application_id') === applicationId) return
  throw domainError(
    'ERR_OPERATION_INVALID',
    `${quote(path, 200)} is a database of another program: give another directory`,
  )
}

/** SQLite does not wait for others here, so several first users at once take turns by hand. */
async function useWal(database: Database): Promise<void> {
  const deadline = monotonicMs() + busyTimeoutMs
  for (;;) {
    try {
      if (database.pragma('journal_mode') === 'wal') return
      if (database.pragma('journal_mode = WAL') === 'wal') return
    } catch (error) {
      const busy = error instanceof DomainError && error.code === 'ERR_RESOURCE_BUSY'
      if (!busy || monotonicMs() > deadline) throw error
    }
    await sleep(5 + Math.random() * 20)
  }
}

function schemaOf(database: Database, path: string): number {
  const version = Number(database.pragma('user_version'))
  if (version <= migrations.length) return version
  throw domainError(
    'ERR_OPERATION_UNSUPPORTED',
    `the state database ${quote(path, 200)} was written by a newer polyvirt (schema ${version}, ` +
      `this one knows ${migrations.length}): use that version`,
  )
}

function migrate(database: Database, path: string): void {
  database.write(() => {
    // Another process may have been faster.
    for (const step of migrations.slice(schemaOf(database, path))) database.exec(step)
    database.exec(`PRAGMA application_id = ${applicationId}`)
    database.exec(`PRAGMA user_version = ${migrations.length}`)
  })
  // SQLite makes its journals durable by name, not the file it was given.
  const dir = openSync(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    fsyncSync(dir)
  } finally {
    closeSync(dir)
  }
}

/** Primary result codes of SQLite that have a story of their own. */
const stories: Readonly<Record<number, readonly [DomainError['code'], string]>> = {
  5: ['ERR_RESOURCE_BUSY', 'is locked by another process for too long'],
  8: ['ERR_SYSTEM_ERROR', 'cannot be written: it is read-only'],
  10: ['ERR_SYSTEM_ERROR', 'cannot be read or written: the disk reports an error'],
  11: ['ERR_INTERNAL_ERROR', 'is damaged: move it away, keep it, and define the domains again'],
  13: ['ERR_SYSTEM_ERROR', 'cannot be written: the disk is full'],
  14: ['ERR_SYSTEM_ERROR', 'cannot be opened'],
  26: ['ERR_INTERNAL_ERROR', 'is no database: move it away, keep it, and define the domains again'],
}

function translate(error: unknown, path: string): unknown {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_STATE') {
    const message = 'the connection is closed: await every call before it is closed'
    return domainError('ERR_INVALID_CONN', message, { cause: error })
  }
  if (!(error instanceof Error) || !('errcode' in error)) return error
  const story = stories[Number(error.errcode) & 0xff]
  const [code, what] = story ?? ['ERR_INTERNAL_ERROR', 'refused a request']
  const message = `the state database ${quote(path, 200)} ${what} (${error.message})`
  return domainError(code, message, { cause: error })
}
