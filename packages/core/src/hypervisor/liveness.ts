import { existsSync } from 'node:fs'
import { findProcesses, isAlive, removeTree, stopProcess } from '../run/index.ts'
import type { ActiveRow, DomainRecord, JobRow, Store } from '../store/index.ts'
import { removeTaps } from './taps.ts'

/**
 * Brings what is stored into line with what is true. No supervisor watches the guests: whoever
 * looks next finds out what has happened, and cleans up after it.
 */
export class Liveness {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** Buries the runs whose QEMU has ended, and repairs what dead commands left half done. */
  async refresh(): Promise<void> {
    for (const job of this.#store.interruptedJobs()) await this.repair(job)
    for (const { active } of this.#store.list()) {
      if (active !== undefined) await this.settle(active)
    }
  }

  /** The domain as it is now, or nothing when it is gone. */
  async current(record: DomainRecord): Promise<DomainRecord | undefined> {
    if (record.active === undefined) return record
    if (!(await this.settle(record.active))) return record
    return this.#store.get(record.domain.uuid)
  }

  /** True when the run was found ended. */
  async settle(active: ActiveRow): Promise<boolean> {
    if (isAlive(active.process)) return false
    const reason = deathOf(active)
    await this.bury(active, reason)
    return true
  }

  /** Records that a run is over and removes what belonged to it. */
  async bury(active: ActiveRow, reason: string): Promise<void> {
    if (!this.#store.deactivate(active, 'shut off', reason)) return
    await removeTree(active.stateDir)
    await removeTree(channelDirOf(active.stateDir))
    await removeTaps(tapsOf(active.argv))
  }

  /**
   * A command died in the middle. A start that had not come to the store leaves a QEMU that nobody
   * knows: it is stopped. One that had is running, and is left alone.
   */
  async repair(job: JobRow): Promise<void> {
    const record = this.#store.get(job.uuid)
    const taken = this.#store.beginJob(job.uuid, 'repair')
    try {
      if (job.kind !== 'start' || record?.active !== undefined) return
      const { stateDir, taps } = job.detail as { stateDir?: string; taps?: readonly string[] }
      if (stateDir !== undefined) {
        const monitor = `path=${stateDir}/monitor.sock`
        for (const found of findProcesses((argv) => argv.some((one) => one.includes(monitor)))) {
          await stopProcess(found.identity, { what: 'a half-started QEMU' })
        }
        await removeTree(stateDir)
        await removeTree(channelDirOf(stateDir))
      }
      await removeTaps(taps ?? [])
      if (record !== undefined && !this.#store.forgetTransient(job.uuid)) {
        this.#store.setLastState(job.uuid, 'shut off', 'failed')
      }
    } finally {
      this.#store.endJob(taken)
    }
  }
}

/** QEMU removes its monitor socket when it ends in order; a killed or crashed one cannot. */
function deathOf(active: ActiveRow): string {
  if (active.state === 'crashed') return 'crashed'
  return existsSync(active.monitor) ? 'crashed' : 'shutdown'
}

/** Channel sockets live beside the run folders, where libvirt has them. */
export function channelDirOf(stateDir: string): string {
  return stateDir.replace(/\/([^/]+)$/, '/channel/target/$1')
}

/** Names of the taps that polyvirt made for a command line. */
function tapsOf(argv: readonly string[]): readonly string[] {
  return argv.flatMap((argument, i) => {
    if (argv[i - 1] !== '-netdev') return []
    return /"ifname":"([^"]+)"/.exec(argument)?.[1] ?? []
  })
}
