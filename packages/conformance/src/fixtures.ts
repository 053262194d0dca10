import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { HostFiles, HostInfo, QemuCapabilities } from '@polyvirt/core/arch'

/**
 * An architecture package's recordings:
 * - `capabilities/EMULATOR.json`: what one QEMU said it can do; the model and golden tiers plan
 *   with it, so they give the same answer on every machine
 * - `argv/GUEST/MACHINE/SCENARIO.args`: golden command lines
 * - `hosts/NAME/files/…` and `hosts/NAME/expected.json`: files of a real machine, and what the host
 *   reader must make of them
 */
export interface Fixtures {
  readonly folder: string
  capabilities(emulators: readonly string[]): QemuCapabilities | undefined
  readonly hosts: readonly HostFixture[]
}

export interface HostFixture {
  readonly name: string
  readonly files: HostFiles
  readonly expected: HostInfo
}

export function openFixtures(url: URL): Fixtures {
  const folder = fileURLToPath(url)
  const hosts = join(folder, 'hosts')
  return {
    folder,
    capabilities(emulators) {
      for (const emulator of emulators) {
        const file = join(folder, 'capabilities', `${emulator}.json`)
        if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as QemuCapabilities
      }
      return undefined
    },
    hosts: (existsSync(hosts) ? readdirSync(hosts) : []).toSorted().map((name) => ({
      name,
      files: folderFiles(join(hosts, name, 'files')),
      expected: JSON.parse(readFileSync(join(hosts, name, 'expected.json'), 'utf8')) as HostInfo,
    })),
  }
}

/** A recorded folder as the files of a host. */
export function folderFiles(folder: string): HostFiles {
  return {
    read(path) {
      try {
        return readFileSync(join(folder, path))
      } catch {
        return undefined
      }
    },
    list(path) {
      try {
        return readdirSync(join(folder, path)).toSorted()
      } catch {
        return []
      }
    },
  }
}
