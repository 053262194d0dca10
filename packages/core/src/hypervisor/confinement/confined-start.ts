import { basename } from 'node:path'
import type { Domain } from '../../domain/domain.ts'
import { domainError } from '../../errors.ts'
import { cgroupBase, enterCgroup, missingControllers } from '../../run/cgroup.ts'
import { ownHardLimit } from '../../run/own-limits.ts'
import type { RunUser } from '../../run/run-user.ts'
import { shortHash } from '../../run/short-hash.ts'
import type { Layout } from '../layout.ts'
import { findProgram } from './confinement.ts'
import type { Confinement } from './confinement.ts'
import { limitArguments, limitsOf } from './limits.ts'

/** Most threads and processes of a guest, where nothing is said. */
const defaultPids = 4096

/** One QEMU, kept in its place. */
export interface ConfinedStart {
  /** Programs in front of the emulator. */
  readonly launcher?: readonly [string, ...string[]]
  readonly owner?: RunUser
  /** The control group that it will be in; nothing where none can be made. */
  readonly cgroup?: string
  /** Puts the process into its group, with the group's limits. */
  place(pid: number): Promise<void>
}

/** Where nothing was settled: QEMU is as its caller. */
export const unconfined: Confinement = { config: {}, launcher: [], powerful: true, gaps: [] }

/** @throws DomainError `ERR_CONFIG_UNSUPPORTED` for a limit that is asked for and cannot be set. */
export function confinedStart(layout: Layout, domain: Domain, stateDir: string): ConfinedStart {
  const { config, launcher: privileges, user } = layout.confinement ?? unconfined
  const base = cgroupBase()
  const missing = base === undefined ? ['memory'] : missingControllers(base)
  if (config.memoryMaxKiB !== undefined && missing.includes('memory')) {
    throw domainError(
      'ERR_CONFIG_UNSUPPORTED',
      'memoryMaxKiB is configured, and there is no cgroup v2 with a memory controller that may be written here; take it out of the configuration, or delegate one',
    )
  }
  const prlimit = findProgram('prlimit')
  const limits =
    prlimit === undefined ? [] : [prlimit, ...limitArguments(limitsOf(domain), ownHardLimit), '--']
  // Limits first: with its powers gone it could raise none.
  const [program, ...args] = [...limits, ...privileges]
  const cgroup = base === undefined ? undefined : `${base}/${groupName(layout, stateDir)}`
  return {
    ...(program !== undefined && { launcher: [program, ...args] }),
    ...(user && { owner: user }),
    ...(cgroup !== undefined && { cgroup }),
    async place(pid) {
      if (cgroup === undefined) return
      const { memoryMaxKiB, pidsMax = defaultPids } = config
      try {
        const memoryMaxBytes =
          memoryMaxKiB === undefined ? {} : { memoryMaxBytes: memoryMaxKiB * 1024 }
        await enterCgroup(cgroup, pid, { pidsMax, ...memoryMaxBytes })
      } catch (cause) {
        // A group is a fence more; only who asked for a limit cannot do without.
        if (memoryMaxKiB === undefined) return
        const why = cause instanceof Error ? cause.message : String(cause)
        throw domainError('ERR_OPERATION_FAILED', `cannot limit the guest's memory: ${why}`, {
          cause,
        })
      }
    },
  }
}

/** Roots have runs of the same names: a mark of the root tells them apart. */
function groupName({ runDir }: Layout, stateDir: string): string {
  return `${shortHash(runDir).slice(0, 8)}-${basename(stateDir)}`
}
