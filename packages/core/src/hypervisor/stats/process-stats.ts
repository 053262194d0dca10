import { readFileSync, readdirSync } from 'node:fs'
import { parseCpuset } from '../../domain/cpuset.ts'
import { tickNs } from '../cpu-time.ts'
import type { CpuStats } from '../interface/statistics.ts'

/** What Linux says of a thread (proc(5)). */
export interface ThreadStats extends CpuStats {
  /** How long it waited for a CPU, in nanoseconds (`/proc/PID/task/TID/schedstat`, second field). */
  readonly delayNs: number
  /** How long it waited for anything else, where the kernel keeps such statistics; 0 else. */
  readonly waitNs: number
  /** Host CPU it ran on last. */
  readonly cpu: number
}

/** Nothing where the process or thread is gone. */
export function threadStats(pid: number, thread?: number): ThreadStats | undefined {
  const folder = thread === undefined ? `/proc/${pid}` : `/proc/${pid}/task/${thread}`
  try {
    const stat = readFileSync(`${folder}/stat`, 'utf8')
    // The name in parentheses may hold anything; the fields follow the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const userTimeNs = Number(fields[11]) * tickNs
    const systemTimeNs = Number(fields[12]) * tickNs
    return {
      userTimeNs,
      systemTimeNs,
      cpuTimeNs: userTimeNs + systemTimeNs,
      delayNs: Number(readText(`${folder}/schedstat`).split(' ')[1] ?? 0),
      waitNs: waitOf(readText(`${folder}/sched`)),
      cpu: Number(fields[36]),
    }
  } catch {
    return undefined
  }
}

/** Milliseconds with a fraction, of kernels that were built to keep them (SCHED_DEBUG, SCHEDSTATS). */
function waitOf(sched: string): number {
  const found = /^(?:se\.statistics\.)?wait_sum\s*:\s*([\d.]+)/m.exec(sched)?.[1]
  return found === undefined ? 0 : Math.round(Number(found) * 1e6)
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** Nanoseconds of halt polling of a KVM guest, that ended in an event and that did not. */
export function haltPollNs(pid: number): readonly [number, number] {
  const folder = '/sys/kernel/debug/kvm'
  try {
    const own = readdirSync(folder).find((name) => name.startsWith(`${pid}-`)) ?? ''
    const sum = (name: string): number => Number(readText(`${folder}/${own}/${name}`).trim())
    return [sum('halt_poll_success_ns'), sum('halt_poll_fail_ns')]
  } catch {
    return [0, 0]
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
