import { closeSync, constants, openSync, readSync, realpathSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { ownHardLimit } from './own-limits.ts'
import { attempt } from './attempt.ts'
import { realHostFiles, recordedHostFiles } from './host-files.ts'
import { runProgram } from './run-program.ts'

/** The kernel's devices: what it tells of them, and how it is told to treat them otherwise. Paths begin below `/sys`. */
export interface Sysfs {
  /** Where the nodes of devices are: `/dev`. */
  readonly dev: string
  /** Where what systemd's udev knows of devices is: `/run/udev/data`. */
  readonly udev: string
  /** Names in a folder, in order; none where there is no such folder. */
  list(path: string): readonly string[]
  /** An attribute without the line break behind it; nothing where it cannot be read. */
  read(path: string): string | undefined
  /** The first bytes of an attribute; none where it cannot be read. */
  bytes(path: string, count: number): Uint8Array
  /** Where links lead: `/devices/pci0000:00/0000:00:03.0`; nothing where nothing is there. */
  real(path: string): string | undefined
  /** Tells the kernel; returns when it has done so. Rejects with the system's error. */
  write(path: string, text: string): Promise<void>
  /** Loads a driver that is a module. @throws DomainError with what `modprobe` says. */
  loadModule(name: string): Promise<void>
  /** How much memory, in bytes, what this process starts may be allowed to keep in place. */
  mayLock(): number
}

/** The devices of this machine, or those of one that was recorded as a folder. */
export function sysfsUnder(root: string): Sysfs {
  const top = join(root, 'sys')
  const at = (path: string): string => join(top, path)
  const files = root === '/' ? realHostFiles : recordedHostFiles(root)
  return {
    dev: join(root, 'dev'),
    udev: join(root, 'run/udev/data'),
    list: (path) => files.list(`/sys${path}`),
    read(path) {
      const text = files.read(`/sys${path}`)
      return text && Buffer.from(text).toString('utf8').replace(/\n$/, '')
    },
    bytes: (path, count) => attempt(() => firstBytes(at(path), count)) ?? new Uint8Array(),
    real: (path) => attempt(() => belowTop(realpathSync(at(path)), realpathSync(top))),
    // Many attributes can only be written, and refuse whoever opens them for more, root as well.
    write: (path, text) => writeFile(at(path), text, { flag: constants.O_WRONLY }),
    loadModule: async (name) => {
      await runProgram('modprobe', [name], { install: 'apt-get install kmod' })
    },
    mayLock: () => ownHardLimit('Max locked memory'),
  }
}

export const realSysfs: Sysfs = sysfsUnder('/')

/** Of some devices, more than the first bytes may only be read by who knows what that does. */
function firstBytes(file: string, count: number): Uint8Array {
  const fd = openSync(file, 'r')
  try {
    const bytes = new Uint8Array(count)
    return bytes.subarray(0, readSync(fd, bytes, 0, count, 0))
  } finally {
    closeSync(fd)
  }
}

function belowTop(real: string, top: string): string | undefined {
  return real.startsWith(`${top}${sep}`) ? real.slice(top.length) : undefined
}
