import { readFileSync } from 'node:fs'

/** A clock tick of /proc in nanoseconds: USER_HZ is 100 on every Linux (proc(5)). */
export const tickNs = 10_000_000

/** CPU time of a process, user and system, from /proc; 0 where there is no such process. */
export function cpuTimeNs(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may hold anything; the fields follow the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) * tickNs
  } catch {
    return 0
  }
}
