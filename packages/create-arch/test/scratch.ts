import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'

/** A folder that each test of a file has to itself. */
export function scratch(prefix: string): { readonly directory: string } {
  let directory = ''
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), prefix))
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))
  return {
    get directory() {
      return directory
    },
  }
}
