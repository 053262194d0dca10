import { readdirSync, readFileSync } from 'node:fs'

/** A QEMU that somebody else has started. */
export interface FoundQemu {
  readonly pid: number
  /** Its command line. */
  readonly argv: readonly string[]
}

/**
 * The process of a guest that libvirt has started, by what is on its command line: its UUID, and a file in
 * the folder of its run, which other guests of that UUID have elsewhere. Nothing where there is none, or where
 * this user may not look.
 *
 * @param id libvirt's number of the run
 * @param proc where the kernel shows processes
 */
export function qemuOf(uuid: string, id: number, proc = '/proc'): FoundQemu | undefined {
  for (const pid of readdirSync(proc).filter((name) => /^\d+$/.test(name))) {
    const argv = commandLine(`${proc}/${pid}/cmdline`)
    const at = argv.indexOf('-uuid')
    const isIt = at >= 0 && argv[at + 1] === uuid
    if (isIt && argv.some((word) => word.includes(`/domain-${id}-`)))
      return { pid: Number(pid), argv }
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
