import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import type { Drivers } from '../../src/driver/index.ts'
import { openHypervisor } from '../../src/hypervisor/open-hypervisor.ts'
import type { Hypervisor } from '../../src/hypervisor/hypervisor.ts'
import { findProcesses, stopProcess } from '../../src/run/index.ts'
import type { FoundProcess } from '../../src/run/index.ts'
import { realRegistry } from './real-arch.ts'
import { tempDir } from './temp-dir.ts'

export interface TestRoot {
  readonly dir: string
  readonly uri: string
  /** Another connection to it. */
  open(drivers?: Drivers, query?: string): Promise<Hypervisor>
  /** QEMUs whose files are in it. */
  guests(): readonly FoundProcess[]
}

/** A root of its own, of which nothing is left after the test. */
export function testRoot(): TestRoot {
  const dir = tempDir()
  const uri = `qemu:///embed?root=${dir}`
  const guests = (): readonly FoundProcess[] =>
    findProcesses((argv) => argv.some((word) => word.includes(`path=${dir}/run/domain-`)))
  onTestFinished(async () => {
    for (const { identity } of guests()) await stopProcess(identity, { termMs: 200 })
    // Who looks next cleans up; here nobody would, for the root goes.
    const last = await openHypervisor(uri, { registry: realRegistry }).catch(() => undefined)
    await last?.connectListAllDomains().catch(() => undefined)
    await last?.close()
  })
  return {
    dir,
    uri,
    guests,
    async open(drivers = {}, query = '') {
      const hypervisor = await openHypervisor(`${uri}${query}`, { registry: realRegistry, drivers })
      onTestFinished(() => hypervisor.close())
      return hypervisor
    },
  }
}

/** Run folders that are there. */
export function runFolders(root: TestRoot): readonly string[] {
  return readdirSync(join(root.dir, 'run')).filter((name) => name.startsWith('domain-'))
}

/** Everything below a folder that somebody else could read, write or enter. */
export function openToOthers(dir: string): readonly string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter(
    (name) => (statSync(join(dir, name)).mode & 0o077) !== 0,
  )
}

/** Asks until the answer satisfies, for as long as a slow machine may need. */
export async function until<T>(
  ask: () => Promise<T> | T,
  good: (answer: T) => boolean,
  ms = 12_000,
): Promise<T> {
  const deadline = performance.now() + ms
  for (;;) {
    const answer = await ask()
    if (good(answer) || performance.now() > deadline) return answer
    await sleep(50)
  }
}
