import { readFileSync, readdirSync } from 'node:fs'

/**
 * One process, for good: a process id is used again by the kernel, this triple is not.
 *
 * Whoever stores a pid stores this, and signals nothing that does not match it.
 */
export interface ProcessIdentity {
  readonly pid: number
  /** Clock ticks between boot and start: field 22 of `/proc/PID/stat`. */
  readonly startTime: number
  /** `/proc/sys/kernel/random/boot_id`: start times are of this boot only. */
  readonly bootId: string
}

/** A running process as `/proc` shows it. */
export interface FoundProcess {
  readonly identity: ProcessIdentity
  readonly cmdline: readonly string[]
}

/** `pid_max` of a 64-bit kernel. */
const maxPid = 4_194_304

/** The kernel's letter of a process that still holds its memory and files: not `Z`, `X` or `x`. */
export type ProcessState = 'R' | 'S' | 'D' | 'T' | 't' | 'I' | (string & {})

/** Who has this pid now; undefined where nobody has, or only a zombie. */
export function identify(pid: number): ProcessIdentity | undefined {
  const stat = readStat(pid)
  return stat && { pid, startTime: stat.startTime, bootId: bootId() }
}

/** This very process. */
export function ownIdentity(): ProcessIdentity {
  const own = identify(process.pid)
  if (!own) throw new Error('/proc is not mounted')
  return own
}

/** Whether this process, and not another one with its pid, still runs. A zombie does not. */
export function isAlive(identity: ProcessIdentity): boolean {
  return processState(identity) !== undefined
}

/** The state letter of a live process; undefined where it is gone, dead or someone else. */
export function processState(identity: ProcessIdentity): ProcessState | undefined {
  if (identity.bootId !== bootId()) return undefined
  const stat = readStat(identity.pid)
  return stat?.startTime === identity.startTime ? stat.state : undefined
}

/** Arguments of a process; empty for a zombie and for kernel threads. */
export function readCmdline(pid: number): readonly string[] {
  const text = readProc(pid, 'cmdline')
  if (text === undefined || text === '') return []
  // QEMU and most others end the last argument with NUL, too.
  return (text.endsWith('\0') ? text.slice(0, -1) : text).split('\0')
}

/** Live processes whose arguments satisfy the predicate. Never this one. */
export function findProcesses(
  predicate: (cmdline: readonly string[]) => boolean,
): readonly FoundProcess[] {
  const found: FoundProcess[] = []
  for (const name of readdirSync('/proc')) {
    if (!/^[1-9]\d*$/.test(name)) continue
    const pid = Number(name)
    if (pid === process.pid) continue
    const identity = identify(pid)
    if (!identity) continue
    const cmdline = readCmdline(pid)
    // The pid may have changed hands between the two reads.
    if (cmdline.length > 0 && predicate(cmdline) && isAlive(identity)) {
      found.push({ identity, cmdline })
    }
  }
  return found
}

let knownBootId: string | undefined

/** Changes with every boot of this machine. */
export function bootId(): string {
  knownBootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  return knownBootId
}

function readStat(pid: number): { state: ProcessState; startTime: number } | undefined {
  const text = readProc(pid, 'stat')
  if (text === undefined) return undefined
  // The second field is the program's name in brackets; it may hold blanks and brackets itself.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const state = fields[0] ?? 'X'
  const startTime = Number(fields[19])
  if (['Z', 'X', 'x'].includes(state) || !Number.isSafeInteger(startTime)) return undefined
  return { state, startTime }
}

function readProc(pid: number, file: string): string | undefined {
  // 0 and negative numbers would name groups, 1 is never ours; text never gets here.
  if (!Number.isInteger(pid) || pid < 2 || pid > maxPid) return undefined
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return undefined
  }
}
