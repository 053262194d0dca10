import type { HostFiles } from '@polyvirt/core/arch'

/** Numbers from 0 up to 1 that depend on the seed alone: what fails once fails again. */
export function seededRandom(seed: number): () => number {
  // Mulberry32, by Tommy Ettinger, who gave it to the public domain.
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
}

type Random = () => number
type Damage = (bytes: Uint8Array, random: Random) => Uint8Array | undefined

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')
const bytesOf = (from: string): Uint8Array => Uint8Array.from(Buffer.from(from, 'latin1'))

/** What becomes of a file: nothing most of the time, else one of the accidents that files have. */
const damages: readonly Damage[] = [
  ...Array.from({ length: 8 }, (): Damage => (bytes) => bytes),
  () => undefined,
  () => new Uint8Array(0),
  (bytes, random) => bytes.slice(0, Math.floor(random() * bytes.length)),
  (bytes, random) => bytes.slice(Math.floor(random() * bytes.length)),
  (bytes, random) => bytes.map((byte) => (random() < 0.02 ? Math.floor(random() * 256) : byte)),
  (bytes, random) => nonsense(random, Math.min(4096, bytes.length + 16)),
  (bytes) => bytesOf(text(bytes).replace(/\d+/g, '99999999999999999999')),
  (bytes) => bytesOf(text(bytes).replace(/\d+/g, '-1')),
  (bytes) => bytesOf(text(bytes).replace(/\d+/g, '4294967295')),
  (bytes) => bytesOf(text(bytes).slice(0, 2048).repeat(40)),
  (bytes) => bytesOf(text(bytes).replaceAll('\n', '\0')),
]

/** A machine of which each file may be damaged, always in the same way. */
export function damagedHost(files: HostFiles, seed: number): HostFiles {
  const randomOf = (path: string): Random => seededRandom(seed ^ hashOf(path))
  return {
    read(path) {
      const bytes = files.read(path)
      const random = randomOf(path)
      return bytes === undefined ? undefined : pick(damages, random)(bytes, random)
    },
    list(path) {
      const names = files.list(path)
      const random = randomOf(path)
      const accident = random()
      if (accident < 0.05) return []
      if (accident < 0.2) return names.filter(() => random() < 0.5)
      if (accident < 0.3) return [...names, ...oddNames].toSorted((a, b) => (a < b ? -1 : 1))
      return names
    },
  }
}

const oddNames = [
  '..',
  'cpu18446744073709551616',
  'cpu4294967295',
  'index',
  'node',
  'node4294967295',
]
const oddTexts = [
  '',
  '\n',
  '0',
  '-1',
  '0-',
  '0-4294967295',
  '1,0,1',
  '18446744073709551616',
  'NaN',
  ': : :',
  'MemTotal: 99999999999999999999 kB',
  'MemTotal: -5 kB',
  'processor : 0\nprocessor : x\n',
]

/**
 * A machine that has every file one asks for, with nonsense in it, and folders of folders. Names
 * are the caller's own beside odd ones, so that a reader finds some of what it looks for.
 */
export function hostileHost(names: readonly string[], seed: number): HostFiles {
  const offered = [...new Set([...names, ...oddNames, ...linuxNames])].toSorted()
  const randomOf = (path: string): Random => seededRandom(seed ^ hashOf(path))
  return {
    read(path) {
      const random = randomOf(path)
      if (random() < 0.1) return undefined
      if (random() < 0.3) return nonsense(random, Math.floor(random() * 200))
      return bytesOf(pick(oddTexts, random))
    },
    list(path) {
      // A reader that walks a tree must come to its end.
      if (path.split('/').length > 9) return []
      const random = randomOf(path)
      return offered.filter(() => random() < 0.2)
    },
  }
}

const linuxNames = [
  'cpu0',
  'cpu1',
  'cpu7',
  'hugepages-0kB',
  'hugepages-2048kB',
  'hugepages-99999999999999999999kB',
  'index0',
  'index1',
  'node0',
  'node1',
  'online',
  'present',
]

const nonsense = (random: Random, length: number): Uint8Array =>
  Uint8Array.from({ length }, () => Math.floor(random() * 256))

const pick = <T>(from: readonly [T, ...T[]] | readonly T[], random: Random): T =>
  from[Math.floor(random() * from.length)] as T

/** FNV-1a. */
function hashOf(path: string): number {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(path)) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}
