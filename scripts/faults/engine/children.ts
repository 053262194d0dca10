import { readFileSync, readdirSync } from 'node:fs'

/** A process, told apart from a later one with its pid. */
export interface FoundProcess {
  readonly pid: number
  readonly startTime: number
  readonly cmdline: string
}

/** Every live process whose command line or working folder has this text, but this one. Zombies do not count. */
export function processesAbout(text: string): readonly FoundProcess[] {
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name)
    if (!Number.isInteger(pid) || pid === process.pid) return []
    const found = readProcess(pid)
    return found?.cmdline.includes(text) === true ? [found] : []
  })
}

/** The process that has this pid; nothing where nobody has, or a zombie. */
export function readProcess(pid: number): FoundProcess | undefined {
  try {
    const cmdline = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The program's name in brackets may hold blanks and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined
    return { pid, startTime: Number(fields[19]), cmdline }
  } catch {
    return undefined
  }
}

/** Sends a signal to exactly this process; false where it is gone. */
export function signalFound(found: FoundProcess, signal: NodeJS.Signals): boolean {
  if (readProcess(found.pid)?.startTime !== found.startTime) return false
  try {
    return process.kill(found.pid, signal)
  } catch {
    return false
  }
}
