import { describedHost, describeLinux } from '@polyvirt/conformance'
import { cell, cpuinfo, cpusOf, hugePageSizesKiB, range, strings, tree } from './parts.ts'
import type { KnownHost } from '@polyvirt/conformance'

const nodeMemoryKiB = 32 * 1024 * 1024

/** Clusters of four nodes alternate: the first has CPUs 0 to 7 and 16 to 23. */
const nodeOf = (id: number): number => Math.floor(id / 32) * 2 + (Math.floor(id / 8) % 2)

const distances = range(4).map((from) => range(4).map((to) => (from === to ? 10 : 15)))

const cpusIn = (node: number): readonly number[] => range(64).filter((id) => nodeOf(id) === node)

/** SOPHGO SG2042: 64 cores that say nothing of themselves but their maker. */
export const pioneer: KnownHost = {
  name: 'Milk-V Pioneer (SG2042)',
  files: describedHost({
    ...describeLinux({
      cpus: cpusOf(64, nodeOf),
      nodes: range(4).map((id) => ({
        id,
        memoryKiB: nodeMemoryKiB,
        distances: distances[id] ?? [],
      })),
      hugePageSizesKiB,
    }),
    '/proc/cpuinfo': cpuinfo([3, 0, 1, 2, ...range(64).slice(4)], {
      isa: 'rv64imafdcv',
      mmu: 'sv39',
      mvendorid: '0x5b7',
      marchid: '0x0',
      mimpid: '0x0',
    }),
    ...tree({
      compatible: strings('milkv,pioneer', 'sophgo,sg2042'),
      model: strings('Milk-V Pioneer'),
      'cpus/cpu@0/compatible': strings('thead,c920', 'riscv'),
      'cpus/cpu-map/socket0/name': strings('socket0'),
    }),
  }),
  expected: {
    arch: 'riscv64',
    cpu: {
      model: 'thead-c920',
      vendor: 'T-Head',
      description: 'thead,c920',
      features: [...'imafdcv'],
      registers: { mvendorid: 0x5b7, marchid: 0, marchid_high: 0, mimpid: 0, mimpid_high: 0 },
      mhz: 0,
    },
    topology: { cpus: 64, nodes: 4, sockets: 1, cores: 16, threads: 1 },
    memoryKiB: 4 * nodeMemoryKiB,
    pageSizesKiB: [4, 2048, 1048576],
    cells: range(4).map((id) => cell(id, nodeMemoryKiB, cpusIn(id), distances[id])),
    firmware: { kind: 'device-tree', manufacturer: 'milkv', product: 'Milk-V Pioneer' },
    presentCpus: range(64),
    onlineCpus: range(64),
    caches: [],
    sysinfo: {
      system: [
        ['manufacturer', 'milkv'],
        ['product', 'Milk-V Pioneer'],
      ],
    },
    virtualization: { modules: [], iommu: false },
    facts: [
      ['board', 'milkv,pioneer'],
      ['instruction set', 'rv64imafdcv'],
      ['address translation', 'sv39'],
      ['implementation', '0x0'],
    ],
    warnings: [],
  },
  findings: [['KVM', 'note']],
}
