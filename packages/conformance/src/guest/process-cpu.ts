import { readFileSync } from 'node:fs'

/** Clock ticks a second in `/proc`: fixed in the kernel's interface, whatever its own tick is. */
const ticksPerSecond = 100

/** Processor time of a process, all threads, or undefined when it has gone. */
export function processCpuMs(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in brackets may hold anything, so count from behind it: utime and stime.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond
  } catch {
    return undefined
  }
}
