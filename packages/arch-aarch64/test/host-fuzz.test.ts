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
import { describedArms } from './hosts/index.ts'

/** What becomes of a file. */
const damages: readonly FileDamage[] = [
  ...fileDamages,
  replacedBy('names of objects', '__proto__\0constructor\0'),
  replacedBy(
    'colons',
    ':\n::\nprocessor:\nprocessor : 9999999\nCPU implementer : 0xzz\nCPU part : 0xfffff\n',
  ),
  replacedBy('a register of nonsense', '0xfffffffffffffffff\n'),
]

/** Texts of a host, wherever they stand. */
function texts(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : []
}

describe.each(describedArms)('$name', ({ files, name }) => {
  const paths = openedFiles(host, files)

  it.each(damages)('with any file %s is still a host', (...damage) => {
    for (const [path, damaged] of hostsWithDamage(files, paths, damage, name.length)) {
      const info = host.read(damaged)
      host.diagnose?.(info, damaged)
      expect(info.topology.cpus, path).toBeGreaterThanOrEqual(0)
      for (const value of Object.values(info.cpu.registers ?? {}))
        expect(value >= 0 && value <= 0xffffffff, path).toBe(true)
      expect([4, 16, 64], path).toContain(info.pageSizesKiB[0])
      expect(texts(info.facts).join(), path).not.toMatch(/[^\x20-\x7e’]/)
      expect(texts(info.firmware).join(), path).not.toMatch(/[^\x20-\x7e]/)
      expect(texts(info.sysinfo).join(), path).not.toMatch(/[^\x20-\x7e]/)
      expect(texts(info.cpu).join(), path).not.toMatch(/[^\x20-\x7e]/)
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
