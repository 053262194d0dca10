import { createHash } from 'node:crypto'
import { lstatSync, readFileSync, readlinkSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/**
 * Every file below a folder with its kind, mode, owner and content, as one text: two texts are equal
 * where nothing was changed, made or left behind.
 *
 * Of the database's three files the index of its journal is left out: it is memory that SQLite's
 * readers share, made anew by whoever opens the database, and holds nothing.
 */
export function treeBytes(dir: string): string {
  const files = filesOf(dir).filter((name) => !name.endsWith('.db-shm'))
  return files.map((name) => `${name} ${stateOf(join(dir, name))}`).join('\n')
}

/**
 * The same, with the database as what is in it: a job that was begun and ended again leaves other
 * bytes in the journal, and nothing that anybody could read.
 */
export function treeState(dir: string): string {
  const files = filesOf(dir).map((name) => {
    const path = join(dir, name)
    if (/\.db-(?:shm|wal)$/.test(name)) return ''
    return name.endsWith('.db') ? `${name} ${tablesOf(path)}` : `${name} ${stateOf(path)}`
  })
  return files.filter((line) => line !== '').join('\n')
}

function filesOf(dir: string): readonly string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' }).toSorted()
}

function stateOf(path: string): string {
  const found = lstatSync(path)
  const rights = `${found.mode.toString(8)} ${found.uid}:${found.gid}`
  if (found.isFile()) {
    const hash = createHash('sha256').update(readFileSync(path)).digest('hex')
    return `${rights} ${found.size} ${hash}`
  }
  return found.isSymbolicLink() ? `${rights} -> ${readlinkSync(path)}` : rights
}

function tablesOf(path: string): string {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    const tables = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all()
    const names = tables.map(({ name }) => String(name)).toSorted()
    return names
      .map((name) => `${name} ${JSON.stringify(database.prepare(`SELECT * FROM ${name}`).all())}`)
      .join('\n  ')
  } finally {
    database.close()
  }
}
