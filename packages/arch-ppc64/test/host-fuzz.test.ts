import { describe, expect, it } from 'vitest'
import type { HostFiles } from '@polyvirt/core/arch'
import { host } from '../src/host-info.ts'
import { describedPowers } from './hosts/index.ts'

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
  ['one byte short of a number', (bytes) => bytes.subarray(0, Math.min(bytes.length, 3))],
  ['random bytes', (_, next) => Uint8Array.from({ length: 300 }, () => next() * 256)],
  ['a few bytes changed', (bytes, next) => bytes.map((b) => (next() < 0.05 ? next() * 256 : b))],
  ['all ones', (bytes) => new Uint8Array(bytes.length).fill(0xff)],
  ['a huge number', () => encoder.encode('9'.repeat(400))],
  ['a huge set', () => encoder.encode('0-99999999999')],
  ['negative', () => encoder.encode('-1\n')],
  ['an escape sequence', () => encoder.encode('\u001b]0;mine\u0007\u009b31m\0\u202e\n')],
  ['names of objects', () => encoder.encode('__proto__\0constructor\0')],
  ['colons', () => encoder.encode(':\n::\nprocessor:\nclock : -1\nrevision : (pvr zzzz zzzz)\n')],
]

/** Texts of a host, wherever they stand. */
function texts(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : []
}

describe.each(describedPowers)('$name', ({ files, name }) => {
  const paths = opened(files)

  it.each(damages)('with any file %s is still a host', (_what, damage) => {
    const next = numbers(name.length)
    for (const path of paths) {
      const damaged = withFile(files, path, damage(files.read(path) ?? new Uint8Array(), next))
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
      const next = numbers(seed)
      const random: HostFiles = {
        list: (path) => files.list(path),
        read: (path) =>
          files.read(path) && Uint8Array.from({ length: next() * 200 }, () => next() * 256),
      }
      const info = host.read(random)
      expect(host.diagnose?.(info, random)).toBeDefined()
    }
  })
})

describe('hostile names in folders', () => {
  it('are not mistaken for nodes, CPUs or modules', () => {
    const names = [
      '..',
      '',
      'node',
      'node-1',
      'node99999999',
      'cpu9999999',
      'PowerPC,',
      '\u001b[0m',
    ]
    const files: HostFiles = { list: () => names, read: () => undefined }
    expect(host.read(files).cells.map(({ id }) => id)).toEqual([])
  })
})
