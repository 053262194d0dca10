import { deepStrictEqual, ok, strictEqual } from 'node:assert'
import type { Arch, HostFiles, HostInfo } from '@polyvirt/core/arch'
import type { ArchLaw, KnownToSuite } from './arch-law.ts'
import { damagedHost, hostileHost, seededRandom } from './damaged-host.ts'
import { describedHost, describeLinux } from './described-host.ts'

const emptyHost: HostFiles = { read: () => undefined, list: () => [] }

/** Machines that nobody has recorded: two nodes with threads, and one that is all holes. */
const described = [
  describeLinux({
    cpus: [0, 1, 2, 3, 4, 5, 6, 7].map((id) => ({
      id,
      socket: Math.floor(id / 4),
      core: Math.floor(id / 2) % 2,
      siblings: [id - (id % 2), id - (id % 2) + 1],
      node: Math.floor(id / 4),
    })),
    nodes: [
      { id: 0, memoryKiB: 4_000_000, distances: [10, 20], hugePages: { 2048: 16 } },
      { id: 1, memoryKiB: 3_000_000, distances: [20, 10] },
    ],
    caches: [{ id: 0, level: 3, type: 'Unified', sizeKiB: 8192, cpus: [0, 1, 2, 3] }],
    hugePageSizesKiB: [2048, 1_048_576],
  }),
  describeLinux({
    cpus: [8, 9, 16].map((id) => ({ id, socket: 7, core: id, node: 252, online: id !== 9 })),
    nodes: [
      { id: 0, memoryKiB: 0, distances: [10, 40] },
      { id: 252, memoryKiB: 1_000_000, distances: [40, 10] },
    ],
  }),
].map(describedHost)

const seeds = (count: number): readonly number[] => Array.from({ length: count }, (_, seed) => seed)

/** Every machine that a reader must survive, by a name that leads back to it. */
function* machinesFor(
  { host }: Arch,
  { hosts }: KnownToSuite,
): Generator<readonly [name: string, files: HostFiles]> {
  yield ['a host that tells nothing', emptyHost]
  for (const [index, files] of described.entries()) {
    yield [`described host ${index}`, files]
    for (const seed of seeds(60)) {
      yield [`described host ${index}, damage ${seed}`, damagedHost(files, seed)]
    }
  }
  for (const { name, files } of hosts) {
    for (const seed of seeds(20)) yield [`host ${name}, damage ${seed}`, damagedHost(files, seed)]
  }
  const names = (host.paths ?? []).flatMap((path) => path.split('/').filter(Boolean))
  for (const seed of seeds(80)) yield [`nonsense ${seed}`, hostileHost(names, seed)]
}

function onEach(
  arch: Arch,
  known: KnownToSuite,
  check: (files: HostFiles, info: HostInfo) => void,
): void {
  for (const [name, files] of machinesFor(arch, known)) {
    try {
      check(files, arch.host.read(files))
    } catch (error) {
      if (error instanceof Error) error.message = `${name}: ${error.message}`
      throw error
    }
  }
}

/** What holds for a host reader, whatever machine it stands on. */
export const hostLaws: readonly ArchLaw[] = [
  {
    name: 'its host reader survives a host that tells nothing',
    check({ host }) {
      const info = host.read(emptyHost)
      ok(host.machines.length > 0)
      strictEqual(typeof info.arch, 'string')
      ok(info.topology.cpus >= 0 && info.memoryKiB >= 0)
    },
  },
  {
    name: 'its host reader makes something sensible of damaged files',
    check: (arch, known) => onEach(arch, known, (_, info) => checkSensible(info)),
  },
  {
    name: 'its host reader says the same of the same files',
    check: (arch, known) =>
      onEach(arch, known, (files, info) => deepStrictEqual(arch.host.read(files), info)),
  },
  {
    name: 'its host reader asks for plain paths only',
    check(arch, known) {
      onEach(arch, known, (files) => {
        const plain = (path: string): string => {
          // What a folder lists may be odd; that is not the reader's word.
          ok(/^\/./.test(path) && !path.includes('//'), `asked for '${path}'`)
          return path
        }
        arch.host.read({
          read: (path) => files.read(plain(path)),
          list: (path) => files.list(plain(path)),
        })
      })
      for (const path of arch.host.paths ?? []) {
        ok(/^\/[^/]+(\/[^/]+)*$/.test(path) && !path.includes('..'), `records '${path}'`)
      }
    },
  },
  {
    name: 'what it advises of a host has a topic and a message',
    check(arch, known) {
      const { diagnose } = arch.host
      if (diagnose === undefined) return
      onEach(arch, known, (files, info) => {
        for (const { topic, message } of diagnose(info, files)) {
          ok(topic !== '' && message !== '', `'${topic}': '${message}'`)
        }
      })
    },
  },
  {
    name: 'what it has made anonymous stays as it is',
    check({ host }) {
      const { anonymize, paths = [] } = host
      if (anonymize === undefined) return
      const random = seededRandom(1)
      for (const path of [...paths, '/proc/cpuinfo', '/nowhere']) {
        for (const length of [0, 1, 7, 64, 700]) {
          const bytes = Uint8Array.from({ length }, () => Math.floor(random() * 256))
          const once = anonymize(path, bytes)
          deepStrictEqual([...anonymize(path, once)], [...once], path)
        }
      }
    },
  },
]

/** Numbers that count something, members that are there or missing, data that can be kept. */
function checkSensible(info: HostInfo): void {
  deepStrictEqual(JSON.parse(JSON.stringify(info)), info, 'it survives being written down')
  checkNumbers(info, 'host')
  const { nodes, sockets, dies = 1, cores, threads } = info.topology
  for (const count of [nodes, sockets, dies, cores, threads]) {
    ok(Number.isInteger(count), `${count} is no count`)
  }
  const known = new Set(info.onlineCpus ?? info.cells.flatMap(({ cpus }) => cpus))
  for (const { id, cpus } of info.cells) {
    const strangers = cpus.filter((cpu) => !known.has(cpu))
    deepStrictEqual(strangers, [], `CPUs of cell ${id} that the host has not online`)
  }
}

function checkNumbers(value: unknown, path: string): void {
  if (typeof value === 'number') ok(Number.isFinite(value) && value >= 0, `${path} is ${value}`)
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) checkNumbers(inner, `${path}.${key}`)
}
