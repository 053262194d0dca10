import type { HostFiles } from '@polyvirt/core/arch'
import { describe, expect, it } from 'vitest'
import { cpu } from '../../src/cpu-driver.ts'
import { host } from '../../src/host-info.ts'
import { dmiTable } from '../../src/host/smbios-table.ts'
import { describedPcs } from '../hosts/index.ts'

/** The same numbers every time (a linear congruential generator, Numerical Recipes' constants). */
function numbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** Every file that the reader opens, of those that are there. */
function opened(files: HostFiles): readonly string[] {
  const paths = new Set<string>()
  const watched: HostFiles = {
    list: (path) => files.list(path),
    read(path) {
      const bytes = files.read(path)
      if (bytes !== undefined) paths.add(path)
      return bytes
    },
  }
  host.diagnose?.(host.read(watched), watched)
  return [...paths]
}

function withFile(files: HostFiles, path: string, bytes: Uint8Array | undefined): HostFiles {
  return {
    list: (folder) => files.list(folder),
    read: (file) => (file === path ? bytes : files.read(file)),
  }
}

const encoder = new TextEncoder()

/** What becomes of a file. */
const damages: readonly (readonly [
  name: string,
  damage: (bytes: Uint8Array, next: () => number) => Uint8Array | undefined,
])[] = [
  ['missing', () => undefined],
  ['empty', () => new Uint8Array()],
  ['cut off', (bytes, next) => bytes.subarray(0, Math.floor(bytes.length * next()))],
  ['cut off early', (bytes) => bytes.subarray(0, 3)],
  ['random bytes', (_, next) => Uint8Array.from({ length: 300 }, () => next() * 256)],
  ['a few bytes changed', (bytes, next) => bytes.map((b) => (next() < 0.02 ? next() * 256 : b))],
  ['all ones', (bytes) => new Uint8Array(bytes.length).fill(0xff)],
  ['a huge number', () => encoder.encode('9'.repeat(400))],
  ['a huge set', () => encoder.encode('0-99999999999')],
  ['negative', () => encoder.encode('-1\n')],
  ['an escape sequence', () => encoder.encode('\u001b]0;mine\u0007\u009b31m\0\u202e\n')],
  ['names of objects', () => encoder.encode('processor: 0\nflags: __proto__ constructor\n')],
  ['colons', () => encoder.encode(':\n::\nprocessor:\ncpu MHz: -1\nmodel: 1e99\nflags:\n')],
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
  const paths = opened(files)

  it.each(damages)('with any file %s is still a host', (_what, damage) => {
    const next = numbers(name.length)
    for (const path of paths)
      isSane(withFile(files, path, damage(files.read(path) ?? new Uint8Array(), next)), path)
  })

  it('with all files random at once is still a host', () => {
    for (let seed = 0; seed < 20; seed++) {
      const next = numbers(seed)
      isSane(
        {
          list: (path) => files.list(path),
          read: (path) =>
            files.read(path) && Uint8Array.from({ length: next() * 200 }, () => next() * 256),
        },
        `seed ${seed}`,
      )
    }
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
    const next = numbers(1)
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
