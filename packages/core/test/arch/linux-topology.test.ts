import { describe, expect, test } from 'vitest'
import type { HostFiles } from '../../src/arch/host-info.ts'
import { linuxTopology } from '../../src/arch/linux-topology.ts'

type Files = Readonly<Record<string, string>>

function host(files: Files): HostFiles {
  return {
    read: (path) => (files[path] === undefined ? undefined : Buffer.from(files[path])),
    list(path) {
      const below = Object.keys(files).filter((file) => file.startsWith(`${path}/`))
      return [
        ...new Set(below.map((file) => file.slice(path.length + 1).split('/')[0] ?? '')),
      ].toSorted()
    },
  }
}

const root = '/sys/devices/system'

/** CPUs as `socket.core` each; those of one core are each other's siblings. */
function cpus(places: readonly string[], online: readonly number[]): Files {
  const files: Record<string, string> = {
    [`${root}/cpu/present`]: `0-${places.length - 1}\n`,
    [`${root}/cpu/online`]: `${online.join(',')}\n`,
  }
  for (const id of online) {
    const [socket = '', core = ''] = (places[id] ?? '').split('.')
    const siblings = online.filter((other) => places[other] === places[id])
    const topology = `${root}/cpu/cpu${id}/topology`
    files[`${topology}/physical_package_id`] = `${socket}\n`
    files[`${topology}/core_id`] = `${core}\n`
    files[`${topology}/thread_siblings_list`] = `${siblings.join(',')}\n`
  }
  return files
}

const options = { basePageKiB: 4, memoryKiB: 1000 }

describe('topology', () => {
  /** The same CPUs with a die for each. */
  const onDies = (files: Files, dies: readonly number[]): Files => ({
    ...files,
    ...Object.fromEntries(
      dies.map((die, id) => [`${root}/cpu/cpu${id}/topology/die_id`, `${die}\n`]),
    ),
  })

  test('dies of a socket are told, and cores are those of one die', () => {
    const files = cpus(['0.0', '0.1', '0.2', '0.3'], [0, 1, 2, 3])
    const found = linuxTopology(host(onDies(files, [0, 0, 1, 1])), options)
    expect(found.topology).toEqual({ cpus: 4, nodes: 1, sockets: 1, dies: 2, cores: 2, threads: 1 })
  })

  test('dies of different sizes are not', () => {
    const files = cpus(['0.0', '0.1', '0.2', '0.3'], [0, 1, 2, 3])
    const found = linuxTopology(host(onDies(files, [0, 0, 0, 1])), options)
    expect(found.topology).toEqual({ cpus: 4, nodes: 1, sockets: 1, cores: 4, threads: 1 })
  })

  test('two sockets of two cores of two threads, without NUMA', () => {
    const places = ['0.0', '0.1', '1.0', '1.1', '0.0', '0.1', '1.0', '1.1']
    const found = linuxTopology(host(cpus(places, [0, 1, 2, 3, 4, 5, 6, 7])), options)
    expect(found.topology).toEqual({ cpus: 8, nodes: 1, sockets: 2, cores: 2, threads: 2 })
    expect(found.cells).toHaveLength(1)
    expect(found.cells[0]).toMatchObject({ id: 0, memoryKiB: 1000 })
    expect(found.cells[0]?.threads?.[4]).toEqual({
      id: 4,
      socketId: 0,
      dieId: 0,
      coreId: 0,
      siblings: [0, 4],
    })
    expect(found.warnings).toEqual([])
  })

  test('sockets are counted by node, and a node without CPUs is none', () => {
    const files = {
      ...cpus(['0.0', '1.0'], [0, 1]),
      [`${root}/node/node0/cpulist`]: '0\n',
      [`${root}/node/node8/cpulist`]: '1\n',
      [`${root}/node/node252/cpulist`]: '\n',
      [`${root}/node/node252/meminfo`]: 'Node 252 MemTotal: 77 kB\n',
      [`${root}/node/node0/distance`]: '10 40 80\n',
    }
    const found = linuxTopology(host(files), options)
    expect(found.topology).toEqual({ cpus: 2, nodes: 2, sockets: 1, cores: 1, threads: 1 })
    expect(found.cells.map(({ id, cpus: of, memoryKiB }) => [id, of, memoryKiB])).toEqual([
      [0, [0], 0],
      [8, [1], 0],
      [252, [], 77],
    ])
    expect(found.cells[0]?.distances).toEqual([
      { id: 0, value: 10 },
      { id: 8, value: 40 },
      { id: 252, value: 80 },
    ])
  })

  test('uneven CPUs are shown flat', () => {
    const found = linuxTopology(host(cpus(['0.0', '0.0', '0.1'], [0, 1, 2])), options)
    expect(found.topology).toEqual({ cpus: 3, nodes: 1, sockets: 1, cores: 3, threads: 1 })
  })

  test('an offline CPU is present and counted, and runs nothing', () => {
    const found = linuxTopology(host(cpus(['0.0', '0.1', '0.2', '0.3'], [0, 1, 2])), options)
    expect(found.topology).toEqual({ cpus: 3, nodes: 1, sockets: 1, cores: 4, threads: 1 })
    expect(found.presentCpus).toEqual([0, 1, 2, 3])
    expect(found.onlineCpus).toEqual([0, 1, 2])
  })

  test('threads that are offline by design stand behind the one that is online', () => {
    const places = Array.from({ length: 16 }, (_, id) => `0.${Math.floor(id / 8)}`)
    const found = linuxTopology(host(cpus(places, [0, 8])), { ...options, threadsPerOnlineCpu: 8 })
    expect(found.topology).toEqual({ cpus: 16, nodes: 1, sockets: 1, cores: 2, threads: 8 })
  })

  test('base pages are what huge pages leave', () => {
    const files = {
      ...cpus(['0.0'], [0]),
      '/sys/kernel/mm/hugepages/hugepages-64kB/nr_hugepages': '5\n',
    }
    const [cell] = linuxTopology(host(files), options).cells
    expect(cell?.pages).toEqual([
      { sizeKiB: 4, count: 170 },
      { sizeKiB: 64, count: 5 },
    ])
  })

  test('a cache is one, however many CPUs share it', () => {
    const files: Record<string, string> = { ...cpus(['0.0', '0.1'], [0, 1]) }
    for (const id of [0, 1]) {
      const folder = `${root}/cpu/cpu${id}/cache/index3`
      Object.assign(files, {
        [`${folder}/id`]: '7\n',
        [`${folder}/level`]: '3\n',
        [`${folder}/type`]: 'Unified\n',
        [`${folder}/size`]: '32768K\n',
        [`${folder}/shared_cpu_list`]: '0-1\n',
      })
    }
    expect(linuxTopology(host(files), options).caches).toEqual([
      { id: 7, level: 3, type: 'both', sizeKiB: 32_768, cpus: [0, 1] },
    ])
  })

  test('nonsense is told, and the rest is read', () => {
    const files = { ...cpus(['0.0', '0.1'], [0, 1]), [`${root}/cpu/online`]: '0-99999999\n' }
    const found = linuxTopology(host(files), options)
    expect(found.warnings).toEqual([`${root}/cpu/online is not a set of CPU numbers`])
    expect(found.onlineCpus).toEqual([0, 1])
  })

  test('a machine that tells nothing has no CPU', () => {
    const found = linuxTopology(host({}), options)
    expect(found.topology).toEqual({ cpus: 0, nodes: 1, sockets: 1, cores: 1, threads: 1 })
    expect(found.cells).toEqual([])
  })
})
