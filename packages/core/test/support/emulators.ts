import { accessSync } from 'node:fs'
import { join } from 'node:path'

/** Real emulators of this machine; the tests that need one say so by name. */
export function findEmulator(name: string): string {
  for (const dir of ['/usr/bin', '/usr/local/bin', '/usr/libexec']) {
    const path = join(dir, name)
    try {
      accessSync(path)
      return path
    } catch {
      continue
    }
  }
  throw new Error(`${name} is not installed`)
}
