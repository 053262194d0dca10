import { watch } from 'node:fs'

/**
 * Tells of each change that any process makes in a root's store: SQLite appends it to a file beside
 * the database, and the kernel tells of that. What happened, the store is asked.
 */
export function watchStore(libDir: string, changed: () => void): { close(): void } {
  // A watch on the folder: the file itself is another one after a checkpoint that removes it.
  const watcher = watch(libDir, (_, name) => {
    if (name === 'polyvirt.db-wal') changed()
  })
  watcher.on('error', () => changed())
  watcher.unref()
  return watcher
}
