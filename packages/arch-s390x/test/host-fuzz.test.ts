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
import { describedZs } from './hosts/index.ts'

/** What becomes of a file. */
const damages: readonly FileDamage[] = [
  ...fileDamages,
  replacedBy('names of objects', '__proto__\0constructor\0'),
  replacedBy(
    'colons',
    ':\n::\nprocessor 1:\nprocessor x: machine = zzzz\ncpu MHz dynamic : -1\nVM00 Control Program:\n',
  ),
]

/** Texts of a host, wherever they stand. */
function texts(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : []
}

describe.each(describedZs)('$name', ({ files, name }) => {
  const paths = openedFiles(host, files)

  it.each(damages)('with any file %s is still a host', (...damage) => {
    for (const [path, damaged] of hostsWithDamage(files, paths, damage, name.length)) {
      const info = host.read(damaged)
      host.diagnose?.(info, damaged)
      expect(info.topology.cpus, path).toBeGreaterThanOrEqual(0)
      expect(Number.isSafeInteger(info.cpu.mhz), path).toBe(true)
      // oxlint-disable-next-line no-control-regex -- control characters are exactly what is meant
      expect(texts(info.facts).join(), path).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/)
      expect(texts(info.firmware).join(), path).not.toMatch(/[^\x20-\x7e]/)
      expect(texts(info.sysinfo).join(), path).not.toMatch(/[^\x20-\x7e]/)
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
    const names = ['..', '', 'node', 'node-1', 'node99999999', 'cpu9999999', 'index0', '\u001b[0m']
    const files: HostFiles = { list: () => names, read: () => undefined }
    expect(host.read(files).cells.map(({ id }) => id)).toEqual([])
  })
})
