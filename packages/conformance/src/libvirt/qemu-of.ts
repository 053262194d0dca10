import { readdirSync, readFileSync } from 'node:fs'

/** A QEMU that somebody else has started. */
export interface FoundQemu {
  readonly pid: number
  /** Its command line. */
  readonly argv: readonly string[]
}

/**
 * The process of a guest that libvirt has started, by the UUID on its command line; nothing where there is
 * none, or where this user may not look.
 *
 * @param proc where the kernel shows processes
 */
export function qemuOf(uuid: string, proc = '/proc'): FoundQemu | undefined {
  for (const pid of readdirSync(proc).filter((name) => /^\d+$/.test(name))) {
    const argv = commandLine(`${proc}/${pid}/cmdline`)
    const at = argv.indexOf('-uuid')
    if (at >= 0 && argv[at + 1] === uuid) return { pid: Number(pid), argv }
  }
  return undefined
}

function commandLine(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\0').slice(0, -1)
  } catch {
    // It has ended meanwhile.
    return []
  }
}
