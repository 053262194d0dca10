import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'

/** A folder that each test of a file has to itself. */
export interface Scratch {
  readonly directory: string
  /** Writes a file into it; its path. */
  readonly file: (name: string, text: string) => string
}

/** Makes the folder before every test of the file that calls this, and removes it after. */
export function scratch(prefix: string): Scratch {
  let directory = ''
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), prefix))
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))
  return {
    get directory() {
      return directory
    },
    file: (name, text) => {
      const path = join(directory, name)
      writeFileSync(path, text)
      return path
    },
  }
}

/** The smallest document there is. */
export const guest = (name: string, inside = ''): string =>
  `<domain type='qemu'>\n  <name>${name}</name>\n  <memory>65536</memory>\n  <os>\n    <type>hvm</type>\n  </os>\n${inside}</domain>\n`
