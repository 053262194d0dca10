import type { Database } from './database.ts'

/**
 * Files that were of a run which is over and could not be removed: nothing else tells of them any more.
 * Whoever looks next tries again.
 */
export interface Leftovers {
  addLeftovers(paths: readonly string[]): void
  leftovers(): readonly string[]
  /** It is gone. */
  forgetLeftover(path: string): void
}

export function openLeftovers(database: Database): Leftovers {
  return {
    addLeftovers: (paths) => {
      if (paths.length === 0) return
      database.write(() => {
        for (const path of paths) database.run('INSERT OR IGNORE INTO leftovers VALUES (?)', path)
      })
    },
    leftovers: () => database.all('SELECT path FROM leftovers').map((row) => String(row['path'])),
    forgetLeftover: (path) =>
      database.write(() => database.run('DELETE FROM leftovers WHERE path = ?', path)),
  }
}
