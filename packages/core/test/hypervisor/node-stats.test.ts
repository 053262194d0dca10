import { describe, expect, test } from 'vitest'
import type { HostFiles } from '../../src/arch/host-info.ts'
import { cellsFreeMemory, nodeCpuStats, nodeMemoryStats } from '../../src/hypervisor/node-stats.ts'

function host(files: Readonly<Record<string, string>>): HostFiles {
  return {
    read: (path) => (files[path] === undefined ? undefined : Buffer.from(files[path])),
    list: () => [],
  }
}

const machine = host({
  '/proc/stat':
    'cpu  10 1 20 300 4 5 6 0 0 0\ncpu0 1 0 2 30 0 0 0 0 0 0\ncpu3 9 1 18 270 4 5 6 0 0 0\nintr 9\n',
  '/proc/meminfo':
    'MemTotal:       1000 kB\nMemFree:         400 kB\nMemAvailable:    700 kB\nBuffers:          10 kB\nCached:          200 kB\nSwapCached:        7 kB\n',
  '/sys/devices/system/node/node8/meminfo':
    'Node 8 MemTotal:        600 kB\nNode 8 MemFree:         300 kB\n',
})

describe('CPU times', () => {
  test('of all CPUs: niced time is user time, interrupts are system time', () => {
    expect(nodeCpuStats(machine)).toEqual({
      userNs: 110_000_000,
      systemNs: 310_000_000,
      idleNs: 3_000_000_000,
      iowaitNs: 40_000_000,
    })
  })

  test('of one CPU', () => {
    expect(nodeCpuStats(machine, 0)).toMatchObject({ userNs: 10_000_000, idleNs: 300_000_000 })
  })

  test('of a CPU that is not there are refused, with those that are', () => {
    expect(() => nodeCpuStats(machine, 1)).toThrow('there is no CPU 1 online; there are 0,3')
  })

  test('that the kernel does not tell are an error', () => {
    expect(() => nodeCpuStats(host({}))).toThrow('/proc/stat')
  })
})

describe('memory', () => {
  test('of the host', () => {
    expect(nodeMemoryStats(machine)).toEqual({
      totalKiB: 1000,
      freeKiB: 400,
      buffersKiB: 10,
      cachedKiB: 200,
    })
  })

  test('of a cell has no buffers of its own', () => {
    expect(nodeMemoryStats(machine, 8)).toEqual({ totalKiB: 600, freeKiB: 300 })
  })

  test('of a cell that is not there is refused', () => {
    expect(() => nodeMemoryStats(machine, 0)).toThrow('there is no NUMA cell 0')
  })

  test('that is free, by cell; without NUMA there is one', () => {
    expect(cellsFreeMemory(machine, [8])).toEqual([{ cell: 8, freeKiB: 300 }])
    expect(cellsFreeMemory(host({ '/proc/meminfo': 'MemFree: 5 kB\n' }), [])).toEqual([
      { cell: 0, freeKiB: 5 },
    ])
  })
})
