import { describe, expect, it } from 'vitest'
import type { HostFiles } from '@polyvirt/core/arch'
import { host } from '../src/host-info.ts'

const encoder = new TextEncoder()

function files(content: Readonly<Record<string, string | Uint8Array>>): HostFiles {
  return {
    read(path) {
      const found = content[path]
      return typeof found === 'string' ? encoder.encode(found) : found
    },
    list(path) {
      const names = Object.keys(content)
        .filter((name) => name.startsWith(`${path}/`))
        .map((name) => name.slice(path.length + 1).split('/')[0] ?? '')
      return [...new Set(names)].toSorted()
    },
  }
}

const cpuinfo = Array.from(
  { length: 8 },
  (_, n) => `processor\t: ${n}
cpu\t\t: POWER9, altivec supported
clock\t\t: 2500.000000MHz
revision\t: 2.2 (pvr 004e 1202)
`,
).join('\n')

const machine = files({
  '/proc/cpuinfo': `${cpuinfo}\ntimebase\t: 512000000\nplatform\t: PowerNV\n`,
  '/proc/meminfo': 'MemTotal:       33421312 kB\n',
  '/proc/device-tree/model': '8335-GTH\0',
  '/proc/device-tree/system-id': '7812345\0',
  '/proc/device-tree/vendor': 'IBM\0',
  '/proc/device-tree/cpus/PowerPC,POWER9@0/ibm,ppc-interrupt-server#s': new Uint8Array(16),
  '/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages': '0',
  '/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages': '0',
  '/sys/devices/system/node/node0/meminfo': 'Node 0 MemTotal:       16710656 kB\n',
  '/sys/devices/system/node/node0/cpulist': '0-3\n',
  '/sys/devices/system/node/node8/meminfo': 'Node 8 MemTotal:       16710656 kB\n',
  '/sys/devices/system/node/node8/cpulist': '4-7\n',
})

describe('a Power host', () => {
  const info = host.read(machine)

  it('is known by its processor version register', () => {
    expect(info.cpu).toMatchObject({ model: 'POWER9', vendor: 'IBM', pvr: 0x004e1202, mhz: 2500 })
  })

  it('has as many threads a core as interrupt servers', () => {
    expect(info.topology).toEqual({ cpus: 8, nodes: 1, sockets: 1, cores: 2, threads: 4 })
  })

  it('has NUMA nodes with numbers far apart', () => {
    expect(info.cells.map((cell) => [cell.id, cell.cpus])).toEqual([
      [0, [0, 1, 2, 3]],
      [8, [4, 5, 6, 7]],
    ])
  })

  it('has 64 KiB pages and the huge ones of its MMU', () => {
    expect(info.pageSizesKiB).toEqual([64, 2048, 1048576])
  })

  it('describes itself by its device tree', () => {
    expect(info.firmware).toEqual({
      kind: 'device-tree',
      manufacturer: 'IBM',
      product: '8335-GTH',
      serial: '7812345',
    })
  })

  it('of which nothing can be read is still a host', () => {
    const nothing = host.read(files({}))
    expect(nothing.cpu.features).toEqual([])
    expect(nothing.topology.threads).toBe(1)
    expect(nothing.firmware).toEqual({ kind: 'none' })
  })
})
