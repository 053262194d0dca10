import { readFileSync } from 'node:fs'
import { parseCpuset } from '../../domain/cpuset.ts'
import { tickNs } from '../cpu-time.ts'
import type { CpuStats } from '../interface/statistics.ts'

/** What Linux says of a thread (proc(5)). */
export interface ThreadStats extends CpuStats {
  readonly sleeping: boolean
  /** Host CPU it ran on last. */
  readonly cpu: number
}

/** Nothing where the process or thread is gone. */
export function threadStats(pid: number, thread?: number): ThreadStats | undefined {
  const path = thread === undefined ? `/proc/${pid}/stat` : `/proc/${pid}/task/${thread}/stat`
  try {
    const stat = readFileSync(path, 'utf8')
    // The name in parentheses may hold anything; the fields follow the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const userTimeNs = Number(fields[11]) * tickNs
    const systemTimeNs = Number(fields[12]) * tickNs
    return {
      userTimeNs,
      systemTimeNs,
      cpuTimeNs: userTimeNs + systemTimeNs,
      sleeping: fields[0] !== 'R',
      cpu: Number(fields[36]),
    }
  } catch {
    return undefined
  }
}

/** Resident memory of a process, in KiB. */
export function residentKiB(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1] ?? 0)
  } catch {
    return 0
  }
}

/** Host CPUs that a thread may run on. */
export function affinityOf(pid: number, thread: number): readonly number[] {
  try {
    const status = readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8')
    return parseCpuset(/^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? '') ?? []
  } catch {
    return []
  }
}
