import {
  fileDamages,
  hostsWithDamage,
  openedFiles,
  randomFiles,
  replacedBy,
} from '@polyvirt/conformance'
import type { FileDamage } from '@polyvirt/conformance'
import { describe, expect, it } from 'vitest'
import type { HostFiles } from '@polyvirt/core/arch'
import { host } from '../src/host-info.ts'
import { describedLoongsons } from './hosts/index.ts'

/** What becomes of a file. */
const damages: readonly FileDamage[] = [
  ...fileDamages,
  replacedBy('names of objects', '__proto__\0constructor\0'),
  replacedBy(
    'colons',
    ':\n::\nprocessor:\nprocessor: 0\nPRID: (zzzzzzzz)\nCPU MHz: -1\nFeatures:\n',
  ),
  replacedBy('features without an end', `processor: 0\nFeatures: ${'lsx '.repeat(99_999)}\n`),
]

/** Texts of a host, wherever they stand. */
function texts(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : []
}

describe.each(describedLoongsons)('$name', ({ files, name }) => {
  const paths = openedFiles(host, files)

  it.each(damages)('with any file %s is still a host', (...damage) => {
    for (const [path, damaged] of hostsWithDamage(files, paths, damage, name.length)) {
      const info = host.read(damaged)
      host.diagnose?.(info, damaged)
      expect(info.topology.cpus, path).toBeGreaterThanOrEqual(0)
      expect(Number.isSafeInteger(info.cpu.mhz) && info.cpu.mhz >= 0, path).toBe(true)
      expect([4, 16, 64], path).toContain(info.pageSizesKiB[0])
      expect(texts(info.cpu.features).join(), path).toMatch(/^[a-z0-9_,]*$/)
      expect(texts([info.facts, info.firmware, info.sysinfo]).join(), path).not.toMatch(
        /[^\x20-\x7e]/,
      )
    }
  })

  it('with all files random at once is still a host', () => {
    for (let seed = 0; seed < 20; seed++) {
      const random = randomFiles(files, seed)
      const info = host.read(random)
      expect(host.diagnose?.(info, random)).toBeDefined()
    }
  })
})

describe('hostile names in folders', () => {
  it('are not mistaken for nodes, CPUs or modules', () => {
    const names = ['..', '', 'node', 'node-1', 'node99999999', 'cpu9999999', '\u001b[0m']
    const files: HostFiles = { list: () => names, read: () => undefined }
    expect(host.read(files).cells.map(({ id }) => id)).toEqual([])
  })
})
