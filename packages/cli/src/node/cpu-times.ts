import type { NodeCpuStats } from '../core.ts'

/** Percentages of the time between two samples. */
export interface CpuShares {
  readonly usage: number
  readonly user: number
  readonly system: number
  readonly idle: number
  readonly iowait: number
}

/** What the time between two samples went to; all 0 where the clock of the host stood still. */
export function cpuShares(before: NodeCpuStats, after: NodeCpuStats): CpuShares {
  const user = after.userNs - before.userNs
  const system = after.systemNs - before.systemNs
  const idle = after.idleNs - before.idleNs
  const iowait = after.iowaitNs - before.iowaitNs
  const total = user + system + idle + iowait
  const share = (ns: number): number => (total > 0 ? (ns / total) * 100 : 0)
  return {
    usage: share(user + system),
    user: share(user),
    system: share(system),
    idle: share(idle),
    iowait: share(iowait),
  }
}

/** virsh's columns: the name in 15 characters, nanoseconds in 20. */
export function formatCpuTimes({ userNs, systemNs, idleNs, iowaitNs }: NodeCpuStats): string {
  const rows = { user: userNs, system: systemNs, idle: idleNs, iowait: iowaitNs }
  return Object.entries(rows)
    .map(([name, ns]) => `${`${name}:`.padEnd(15)} ${String(ns).padStart(20)}\n`)
    .join('')
}

/** virsh's columns: the name in 15 characters, percentages in 5 with one decimal. */
export function formatCpuShares({ usage, user, system, idle, iowait }: CpuShares): string {
  return Object.entries({ usage, user, system, idle, iowait })
    .map(([name, share]) => `${`${name}:`.padEnd(15)} ${share.toFixed(1).padStart(5)}%\n`)
    .join('')
}
