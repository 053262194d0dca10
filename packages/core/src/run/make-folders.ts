import { mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/**
 * Makes a folder and those on the way to it; nothing where it is there.
 *
 * Node's own `recursive` asks for ever where a file system makes no folders and says ENOENT (/proc), and says
 * ENOENT of one that is read-only.
 *
 * @returns the first that was made.
 * @throws what the system says of the first that it does not make.
 */
export function makeFolders(path: string, mode = 0o777): string | undefined {
  const folder = resolve(path)
  if (isFolder(folder)) return undefined
  const above = dirname(folder)
  const first = above === folder ? undefined : makeFolders(above, mode)
  try {
    mkdirSync(folder, mode)
  } catch (error) {
    // Another may have made it meanwhile.
    if (!isFolder(folder)) throw error
    return first
  }
  return first ?? folder
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
