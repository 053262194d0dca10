import type { HostFiles, HostInfoReader } from '@polyvirt/core/arch'
import { seededRandom } from './damaged-host.ts'

/** What becomes of one file, by a name for the test; `undefined` is a file that is gone. */
export type FileDamage = readonly [
  name: string,
  damage: (bytes: Uint8Array, random: () => number) => Uint8Array | undefined,
]

const encoder = new TextEncoder()

/** A damage that puts a text in the place of the file. */
export function replacedBy(name: string, text: string): FileDamage {
  return [name, () => encoder.encode(text)]
}

/** Accidents that any file may have. A reader's tests add those of its own words. */
export const fileDamages: readonly FileDamage[] = [
  ['missing', () => undefined],
  ['empty', () => new Uint8Array()],
  ['cut off', (bytes, random) => bytes.subarray(0, Math.floor(bytes.length * random()))],
  ['cut off early', (bytes) => bytes.subarray(0, 3)],
  ['random bytes', (_, random) => Uint8Array.from({ length: 300 }, () => random() * 256)],
  [
    'a few bytes changed',
    (bytes, random) => bytes.map((byte) => (random() < 0.05 ? random() * 256 : byte)),
  ],
  ['all ones', (bytes) => new Uint8Array(bytes.length).fill(0xff)],
  replacedBy('a huge number', '9'.repeat(400)),
  replacedBy('a huge set', '0-99999999999'),
  replacedBy('negative', '-1\n'),
  replacedBy('an escape sequence', '\u001b]0;mine\u0007\u009b31m\0\u202e\n'),
]

/** Every file that a reader opens of a host, of those that are there. */
export function openedFiles(reader: HostInfoReader, files: HostFiles): readonly string[] {
  const paths = new Set<string>()
  const watched: HostFiles = {
    list: (path) => files.list(path),
    read(path) {
      const bytes = files.read(path)
      if (bytes !== undefined) paths.add(path)
      return bytes
    },
  }
  const info = reader.read(watched)
  reader.diagnose?.(info, watched)
  return [...paths]
}

/** A host with each of these files damaged in one way, one at a time, and the path of it. */
export function* hostsWithDamage(
  files: HostFiles,
  paths: readonly string[],
  [, damage]: FileDamage,
  seed: number,
): Generator<readonly [path: string, damaged: HostFiles]> {
  const random = seededRandom(seed)
  for (const path of paths) {
    const bytes = damage(files.read(path) ?? new Uint8Array(), random)
    const read: HostFiles['read'] = (file) => (file === path ? bytes : files.read(file))
    yield [path, { list: (folder) => files.list(folder), read }]
  }
}

/** A host with the same files, each of them random bytes. */
export function randomFiles(files: HostFiles, seed: number): HostFiles {
  const random = seededRandom(seed)
  return {
    list: (path) => files.list(path),
    read: (path) =>
      files.read(path) && Uint8Array.from({ length: random() * 200 }, () => random() * 256),
  }
}
