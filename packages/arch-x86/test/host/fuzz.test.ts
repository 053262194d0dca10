import {
  fileDamages,
  hostsWithDamage,
  openedFiles,
  randomFiles,
  replacedBy,
  seededRandom,
} from '@polyvirt/conformance'
import type { FileDamage } from '@polyvirt/conformance'
import type { HostFiles } from '@polyvirt/core/arch'
import { describe, expect, it } from 'vitest'
import { cpu } from '../../src/cpu-driver.ts'
import { host } from '../../src/host-info.ts'
import { dmiTable } from '@polyvirt/core/arch'
import { describedPcs } from '../hosts/index.ts'

/** What becomes of a file. */
const damages: readonly FileDamage[] = [
  ...fileDamages,
  replacedBy('names of objects', 'processor: 0\nflags: __proto__ constructor\n'),
  replacedBy('colons', ':\n::\nprocessor:\ncpu MHz: -1\nmodel: 1e99\nflags:\n'),
]

/** All numbers and texts of a host, wherever they stand. */
function leaves(value: unknown): readonly unknown[] {
  return typeof value === 'object' && value !== null
    ? Object.values(value).flatMap(leaves)
    : [value]
}

function isSane(files: HostFiles, path: string): void {
  const info = host.read(files)
  host.diagnose?.(info, files)
  cpu.host?.(info)
  expect(info.topology.cpus, path).toBeGreaterThanOrEqual(0)
  for (const leaf of leaves(info)) {
    if (typeof leaf === 'number') expect(Number.isSafeInteger(leaf), path).toBe(true)
  }
  const { facts, firmware, sysinfo, virtualization } = info
  for (const leaf of leaves({ facts, firmware, sysinfo, virtualization })) {
    if (typeof leaf === 'string') expect(leaf, path).not.toMatch(/[^\x20-\x7e]/)
  }
}

describe.each(describedPcs)('$name', ({ files, name }) => {
  const paths = openedFiles(host, files)

  it.each(damages)('with any file %s is still a host', (...damage) => {
    for (const [path, damaged] of hostsWithDamage(files, paths, damage, name.length))
      isSane(damaged, path)
  })

  it('with all files random at once is still a host', () => {
    for (let seed = 0; seed < 20; seed++) isSane(randomFiles(files, seed), `seed ${seed}`)
  })
})

describe('an SMBIOS table', () => {
  const server = describedPcs.find(({ files }) => files.read(dmiTable) !== undefined)
  const table = server?.files.read(dmiTable) ?? new Uint8Array()

  it('cut off anywhere is read up to there, and can be recorded', () => {
    expect(table.length).toBeGreaterThan(200)
    for (let length = 0; length < table.length; length++) {
      const cut = table.subarray(0, length)
      isSane({ list: () => [], read: (path) => (path === dmiTable ? cut : undefined) }, `${length}`)
      expect(host.anonymize?.(dmiTable, cut)).toHaveLength(length)
    }
  })

  it('with any byte changed is read, and can be recorded', () => {
    const next = seededRandom(1)
    for (let at = 0; at < table.length; at++) {
      const changed = table.with(at, next() * 256)
      isSane({ list: () => [], read: (path) => (path === dmiTable ? changed : undefined) }, `${at}`)
      expect(host.anonymize?.(dmiTable, changed)).toHaveLength(table.length)
    }
  })
})

describe('hostile names in folders', () => {
  it('are not mistaken for nodes, CPUs or modules', () => {
    const names = ['..', '', 'node-1', 'node99999999', 'cpu9999999', 'kvm_', '\u001b[0m']
    const files: HostFiles = { list: () => names, read: () => undefined }
    const info = host.read(files)
    expect(info.cells).toEqual([])
    expect(info.virtualization?.modules).toEqual([])
  })
})
