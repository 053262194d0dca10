import { lstatSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolders } from '@polyvirt/core/hypervisor'

/**
 * The folder in which compiled scripts of this installation and this Node are kept, made where it is
 * missing. Absent where nothing may be kept: without a home, by `NODE_DISABLE_COMPILE_CACHE`, and where
 * somebody else could have put something into it, for what lies there is executed.
 *
 * `NODE_COMPILE_CACHE` names another place, as it does for Node's own.
 */
export function cacheFolder(environment: NodeJS.ProcessEnv, dist: string): string | undefined {
  if (environment['NODE_DISABLE_COMPILE_CACHE'] !== undefined) return undefined
  const base = baseOf(environment)
  if (base === undefined) return undefined
  // What was compiled from other scripts, or by another V8, is refused all the same.
  const folder = `${base}/${process.version}-${process.arch}/${fileName(dist)}`
  try {
    makeFolders(folder, 0o700)
    return [base, dirname(folder), folder].every(isOurs) ? folder : undefined
  } catch {
    return undefined
  }
}

function baseOf(environment: NodeJS.ProcessEnv): string | undefined {
  const asked = environment['NODE_COMPILE_CACHE']
  if (asked !== undefined && asked !== '') return `${asked}/polyvirt`
  // The XDG specification: a relative path is ignored.
  const [cache, home] = [environment['XDG_CACHE_HOME'], environment['HOME']]
  if (cache?.startsWith('/') === true) return `${cache}/polyvirt/compiled`
  return home?.startsWith('/') === true ? `${home}/.cache/polyvirt/compiled` : undefined
}

/** A path as one name, of which the end tells most; 255 bytes is the longest. */
function fileName(text: string): string {
  return text.replaceAll(/[^\w.-]/g, '_').slice(-200)
}

function isOurs(path: string): boolean {
  const found = lstatSync(path)
  return found.isDirectory() && found.uid === process.geteuid?.() && (found.mode & 0o022) === 0
}

/**
 * The name of what a command line needs, by its command: each has a file of its own, with what it uses
 * and no more. It need not be right, only the same for the same command.
 */
export function cacheName(words: readonly string[]): string {
  return words.find((word) => /^[a-z][a-z0-9-]{1,40}$/.test(word)) ?? 'other'
}
