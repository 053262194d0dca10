import { readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { makeFolders } from '../core.ts'

/** Lines typed before, newest first. */
export function loadHistory(environment: NodeJS.ProcessEnv): string[] {
  try {
    const lines = readFileSync(historyFile(environment), 'utf8').split('\n')
    return lines.filter((line) => line !== '').toReversed()
  } catch {
    return []
  }
}

/** Keeps them for the next time; a home that cannot be written to is no reason to complain. */
export function saveHistory(environment: NodeJS.ProcessEnv, history: readonly string[]): void {
  try {
    const file = historyFile(environment)
    makeFolders(dirname(file), 0o700)
    writeFileSync(file, `${history.toReversed().join('\n')}\n`, { mode: 0o600 })
  } catch {
    // Nothing depends on it.
  }
}

function historyFile(environment: NodeJS.ProcessEnv): string {
  const cache = environment['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  return join(cache, 'polyvirt', 'history')
}
