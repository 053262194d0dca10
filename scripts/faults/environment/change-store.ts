import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { SQLInputValue } from 'node:sqlite'
import type { Lab } from '../engine/lab.ts'

/** Writes into a lab's store what polyvirt would not. */
export function changeStore(lab: Lab, sql: string, ...values: readonly SQLInputValue[]): void {
  const database = new DatabaseSync(storePath(lab))
  try {
    database.exec('PRAGMA foreign_keys = OFF')
    database.prepare(sql).run(...values)
  } finally {
    database.close()
  }
}

export function storePath(lab: Lab): string {
  return join(lab.root, 'lib/polyvirt.db')
}
