import { open, stat } from 'node:fs/promises'
import { diskProblems } from '../engine/guest-xml.ts'
import type { Lab } from '../engine/lab.ts'
import { runProgram } from '../engine/run-program.ts'

type Made = (lab: Lab) => Promise<readonly string[]>

/** A backup is an image that is whole; a full one has in it what the disk has. */
export function backupProblems(name: string): Made {
  return async (lab) => {
    const path = lab.path(name)
    if (name === 'full.qcow2') return diskProblems(path)
    const { code, stdout, stderr } = await runProgram(['qemu-img', 'check', '-q', '-U', '-f', 'qcow2', path]) // prettier-ignore
    return code === 0 ? [] : [`${path}: qemu-img check: ${stdout}${stderr}`]
  }
}

/** The guest's memory, in bytes: less than that is no dump of it. */
const memoryBytes = 64 * 1024 * 1024

/** A dump is an ELF file with all of the guest's memory in it. */
export function coreProblems(name: string): Made {
  return async (lab) => {
    const path = lab.path(name)
    const { size } = await stat(path)
    await using file = await open(path)
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0)
    const whole = size > memoryBytes && buffer.toString('latin1') === '\x7fELF'
    return whole ? [] : [`${path}: no whole dump: ${size} bytes`]
  }
}
