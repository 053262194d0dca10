import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { checkPrivateDir, removeTree } from './private-dir.ts'
import { findProcesses, isAlive, ownIdentity } from './process-identity.ts'
import type { ProcessIdentity } from './process-identity.ts'
import { stopProcess } from './stop-process.ts'

/** A folder that no owner can be told of was left by someone else this long ago, in milliseconds. */
const abandonedMs = 60_000

/**
 * What the name of a probe's folder begins with. It tells whose it is, so that there is no moment at
 * which its owner may die and nobody knows.
 */
export function probeFolderPrefix(): string {
  const { pid, startTime, bootId } = ownIdentity()
  return `probe-${pid}-${startTime}-${bootId}-`
}

/**
 * Ends probes whose owner died, by their own folder in the command line, and removes them.
 *
 * @param workDir Where the folders of probes are. Nothing is done where it is not there, or not private.
 */
export async function sweepProbes(workDir: string): Promise<void> {
  for (const name of await namesIn(workDir)) {
    if (!name.startsWith('probe-')) continue
    const dir = join(workDir, name)
    const abandoned = await isAbandoned(dir, name).catch(() => false)
    if (!abandoned) continue
    const orphans = findProcesses((cmdline) => cmdline.some((arg) => arg.includes(`${dir}/`)))
    for (const { identity } of orphans) await stopProcess(identity, { termMs: 500 })
    await removeTree(dir)
  }
}

/** Nobody else can put anything into a private folder: what is in it is ours, or our QEMU's. */
async function namesIn(dir: string): Promise<readonly string[]> {
  try {
    await checkPrivateDir(dir)
    return await readdir(dir)
  } catch {
    return []
  }
}

async function isAbandoned(dir: string, name: string): Promise<boolean> {
  const owner = ownerIn(name)
  if (owner !== undefined) return !isAlive(owner)
  return Date.now() - (await lstat(dir)).mtimeMs > abandonedMs
}

function ownerIn(name: string): ProcessIdentity | undefined {
  const [, pid, startTime, bootId] = /^probe-(\d+)-(\d+)-([0-9a-f-]{36})-/.exec(name) ?? []
  if (pid === undefined || startTime === undefined || bootId === undefined) return undefined
  return { pid: Number(pid), startTime: Number(startTime), bootId }
}
