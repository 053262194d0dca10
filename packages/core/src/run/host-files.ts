import { readFileSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import type { HostFiles } from '../arch/host-info.ts'
import { attempt } from './attempt.ts'

/** Larger files are not what a host reader looks for; some of `/sys` never end. */
const maxBytes = 16 * 1024 * 1024

/** The machine polyvirt runs on. */
export const realHostFiles: HostFiles = hostFilesUnder('/')

/** A machine recorded as a directory: `proc/cpuinfo` and so on below it. */
export function recordedHostFiles(root: string): HostFiles {
  return hostFilesUnder(resolve(root))
}

function hostFilesUnder(root: string): HostFiles {
  return {
    read(path) {
      return attempt(() => {
        const file = inside(root, path)
        // A FIFO or a device would wait for ever; `/proc` and `/sys` hold regular files.
        const found = statSync(file)
        return found.isFile() && found.size <= maxBytes
          ? new Uint8Array(readFileSync(file))
          : undefined
      })
    },
    list: (path) => attempt(() => readdirSync(inside(root, path)).toSorted()) ?? [],
  }
}

/** The real path; a recording's links and `..` must not lead out of it. */
function inside(root: string, path: string): string {
  const real = realpathSync(join(root, join('/', path)))
  const prefix = root === '/' ? '/' : `${realpathSync(root)}${sep}`
  if (`${real}${sep}`.startsWith(prefix)) return real
  throw new Error('outside of the recording')
}
