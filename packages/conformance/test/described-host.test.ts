import { hostMemoryKiB, hostPageSizesKiB, linuxTopology } from '@polyvirt/core/arch'
import { describe, expect, it } from 'vitest'
import { describedHost, describeLinux, type DescribedLinux } from '../src/described-host.ts'

const pair = (id: number): readonly number[] => [id - (id % 2), id - (id % 2) + 1]

/** Two nodes, each a socket of two cores of two threads; one huge page size, one shared cache. */
const usual: DescribedLinux = {
  cpus: [0, 1, 2, 3, 4, 5, 6, 7].map((id) => ({
    id,
    socket: Math.floor(id / 4),
    core: Math.floor(id / 2),
    siblings: pair(id),
    node: Math.floor(id / 4),
  })),
  nodes: [
    { id: 0, memoryKiB: 4_000_000, distances: [10, 21], hugePages: { 2048: 100 } },
    { id: 1, memoryKiB: 2_000_000, distances: [21, 10] },
  ],
  caches: [
    { id: 0, level: 1, type: 'Data', sizeKiB: 32, cpus: [0, 1] },
    { id: 0, level: 1, type: 'Instruction', sizeKiB: 64, cpus: [0, 1] },
    { id: 3, level: 3, type: 'Unified', sizeKiB: 8192, cpus: [4, 5, 6, 7] },
  ],
  hugePageSizesKiB: [2048, 1_048_576],
}

const read = (machine: DescribedLinux, basePageKiB = 4) => {
  const files = describedHost(describeLinux(machine))
  return linuxTopology(files, { basePageKiB, memoryKiB: hostMemoryKiB(files) })
}

describe('a machine that is described', () => {
  it('is counted as it was described', () => {
    const found = read(usual)
    expect(found.topology).toEqual({ cpus: 8, nodes: 2, sockets: 1, cores: 2, threads: 2 })
    expect(found.presentCpus).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(found.onlineCpus).toEqual(found.presentCpus)
    expect(found.warnings).toEqual([])
  })

  it('has its nodes, their pages and how far they are apart', () => {
    const files = describedHost(describeLinux(usual))
    expect(hostMemoryKiB(files)).toBe(6_000_000)
    expect(hostPageSizesKiB(files, 4)).toEqual([4, 2048, 1_048_576])
    expect(read(usual).cells).toMatchObject([
      {
        id: 0,
        memoryKiB: 4_000_000,
        cpus: [0, 1, 2, 3],
        distances: [
          { id: 0, value: 10 },
          { id: 1, value: 21 },
        ],
        pages: [
          { sizeKiB: 4, count: 948_800 },
          { sizeKiB: 2048, count: 100 },
          { sizeKiB: 1_048_576, count: 0 },
        ],
      },
      { id: 1, memoryKiB: 2_000_000, cpus: [4, 5, 6, 7], pages: [{ count: 500_000 }, {}, {}] },
    ])
  })

  it('has each thread where it was put', () => {
    const threads = read(usual).cells.flatMap((cell) => cell.threads ?? [])
    expect(threads).toEqual(
      usual.cpus.map(({ id, socket, core, siblings }) => ({
        id,
        socketId: socket,
        dieId: 0,
        coreId: core,
        siblings,
      })),
    )
  })

  it('has each cache once, however many CPUs share it', () => {
    expect(read(usual).caches).toEqual([
      { id: 0, level: 1, type: 'data', sizeKiB: 32, cpus: [0, 1] },
      { id: 0, level: 1, type: 'code', sizeKiB: 64, cpus: [0, 1] },
      { id: 3, level: 3, type: 'both', sizeKiB: 8192, cpus: [4, 5, 6, 7] },
    ])
  })

  it('has dies where it has them', () => {
    const cpus = [0, 1, 2, 3].map((id) => ({ id, socket: 0, core: 0, die: id }))
    const found = read({ cpus, nodes: [{ id: 0, memoryKiB: 1, distances: [10] }] })
    expect(found.cells[0]?.threads?.map(({ dieId }) => dieId)).toEqual([0, 1, 2, 3])
    expect(found.topology).toMatchObject({ sockets: 1, threads: 1 })
    expect(found.topology.cores * (found.topology.dies ?? 1)).toBe(4)
  })

  it('has CPUs that are off', () => {
    const cpus = usual.cpus.map((one) => ({ ...one, siblings: [one.id], online: one.id % 2 === 0 }))
    const found = read({ ...usual, cpus })
    expect(found.presentCpus).toHaveLength(8)
    expect(found.onlineCpus).toEqual([0, 2, 4, 6])
    expect(found.cells.map((cell) => cell.cpus)).toEqual([
      [0, 2],
      [4, 6],
    ])
  })

  it('may have nodes with gaps between their numbers, without CPUs or without memory', () => {
    const found = read({
      cpus: [8, 16].map((id) => ({ id, socket: 0, core: id, node: 8 })),
      nodes: [
        { id: 0, memoryKiB: 0, distances: [10, 40, 80] },
        { id: 8, memoryKiB: 1000, distances: [40, 10, 80] },
        { id: 252, memoryKiB: 500, distances: [80, 80, 10] },
      ],
    })
    expect(found.cells.map(({ id, memoryKiB, cpus }) => [id, memoryKiB, cpus])).toEqual([
      [0, 0, []],
      [8, 1000, [8, 16]],
      [252, 500, []],
    ])
    expect(found.cells[1]?.distances).toEqual([
      { id: 0, value: 40 },
      { id: 8, value: 10 },
      { id: 252, value: 80 },
    ])
    expect(found.topology).toEqual({ cpus: 2, nodes: 1, sockets: 1, cores: 2, threads: 1 })
  })
})

describe('described files', () => {
  const files = describedHost({ '/a/b': 'text', '/a/c/d': new Uint8Array([1, 2]), '/ab': '' })

  it('are read as they were written', () => {
    expect(files.read('/a/b')).toEqual(new TextEncoder().encode('text'))
    expect(files.read('/a/c/d')).toEqual(new Uint8Array([1, 2]))
    expect(files.read('/a/c')).toBeUndefined()
    expect(files.read('/nowhere')).toBeUndefined()
  })

  it('are listed by their folders, sorted', () => {
    expect(files.list('/a')).toEqual(['b', 'c'])
    expect(files.list('/a/c/')).toEqual(['d'])
    expect(files.list('/')).toEqual(['a', 'ab'])
    expect(files.list('/nowhere')).toEqual([])
  })
})
