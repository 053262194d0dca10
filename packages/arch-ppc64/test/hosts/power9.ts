import { describedHost, describeLinux } from '@polyvirt/conformance'
import type { DescribedNode } from '@polyvirt/conformance'
import type { HostInfo, HostThread } from '@polyvirt/core/arch'
import { auxv, cells, cpuinfo, cpusOf, processors, range, strings, thread, tree } from './parts.ts'
import type { KnownHost } from '@polyvirt/conformance'

const type = 'POWER9, altivec supported'
const version = '2.2 (pvr 004e 1202)'

interface Ac922 {
  readonly name: string
  /** Threads of each core that are online. */
  readonly online: number
  readonly smt: string
  readonly nodes: readonly DescribedNode[]
  readonly topology: HostInfo['topology']
  readonly cells: HostInfo['cells']
}

/** IBM Power AC922, cut down to two chips of two cores each: they are nodes 0 and 8. */
function ac922(parts: Ac922): KnownHost {
  const numbers = range(16).filter((id) => id % 4 < parts.online)
  return {
    name: parts.name,
    files: describedHost({
      ...describeLinux({
        cpus: cpusOf({
          cores: 4,
          threads: 4,
          online: (one) => one < parts.online,
          place: (core) => ({ node: core < 2 ? 0 : 8, socket: core < 2 ? 0 : 8 }),
        }),
        nodes: parts.nodes,
        hugePageSizesKiB: [2048, 1048576],
      }),
      '/proc/cpuinfo': cpuinfo({
        numbers,
        cpu: type,
        clock: '3800.000000MHz',
        revision: version,
        summary: {
          timebase: '512000000',
          platform: 'PowerNV',
          model: '8335-GTH',
          machine: 'PowerNV 8335-GTH',
          firmware: 'OPAL',
          MMU: 'Radix',
        },
      }),
      ...tree({
        compatible: strings('ibm,powernv', 'ibm,p9-openbmc'),
        model: strings('8335-GTH'),
        vendor: strings('IBM'),
        'system-id': strings('7812345'),
        'ibm,opal/firmware/version': strings('skiboot-v6.3.1'),
        'ibm,firmware-versions/version': strings('IBM-witherspoon-OP9-v2.3-4.73'),
        'ibm,ultravisor/compatible': strings('ibm,ultravisor'),
        'cpus/PowerPC,POWER9@8/ibm,ppc-interrupt-server#s': cells(8, 9, 10, 11),
        'cpus/PowerPC,POWER9@8/cpu-version': cells(0x004e1202),
        'cpus/PowerPC,POWER9@8/d-cache-size': cells(32768),
        'cpus/PowerPC,POWER9@8/i-cache-size': cells(32768),
        'cpus/l2-cache@8/d-cache-size': cells(524288),
        'cpus/l3-cache@8/d-cache-size': cells(10485760),
      }),
      '/proc/self/auxv': auxv(65536, true),
      '/sys/devices/system/cpu/smt/control': `${parts.smt}\n`,
      '/sys/devices/system/cpu/smt/active': parts.online > 1 ? '1\n' : '0\n',
      '/sys/module/kvm_hv/parameters/nested': 'Y\n',
      '/sys/kernel/iommu_groups/0/type': 'DMA\n',
    }),
    expected: {
      arch: 'ppc64le',
      cpu: {
        model: 'POWER9',
        vendor: 'IBM',
        description: type,
        features: [],
        registers: { pvr: 0x004e1202 },
        mhz: 3800,
      },
      topology: parts.topology,
      memoryKiB: parts.nodes.reduce((sum, { memoryKiB }) => sum + memoryKiB, 0),
      pageSizesKiB: [64, 2048, 1048576],
      cells: parts.cells,
      firmware: {
        kind: 'device-tree',
        manufacturer: 'IBM',
        product: '8335-GTH',
        serial: '7812345',
      },
      presentCpus: range(16),
      onlineCpus: numbers,
      caches: [],
      sysinfo: {
        system: [
          ['version', 'PowerNV 8335-GTH'],
          ['serial', '8335-GTH'],
          ['family', 'PowerNV'],
        ],
        processors: processors(numbers, type, version),
      },
      virtualization: { modules: ['kvm_hv'], nested: true, secure: ['pef'], iommu: true },
      facts: [
        ['platform', 'PowerNV, bare metal'],
        ['firmware', 'OPAL, skiboot-v6.3.1, IBM-witherspoon-OP9-v2.3-4.73'],
        ['MMU', 'Radix'],
        ['threads per core', parts.online === 4 ? '4' : `4, of which ${parts.online} online`],
        ['SMT', parts.smt],
        ['L1 data cache', '32 KiB'],
        ['L1 instruction cache', '32 KiB'],
        ['L2 cache', '512 KiB'],
        ['L3 cache', '10240 KiB'],
      ],
      warnings: [],
    },
    findings: [
      ['KVM', 'ok'],
      ['huge pages', 'note'],
      ['nested', 'ok'],
    ],
  }
}

/** A cell of 64 GiB without huge pages. */
function cell(
  id: number,
  threads: readonly HostThread[],
  distances: readonly (readonly [number, number])[],
): HostInfo['cells'][number] {
  return {
    id,
    memoryKiB: 67108864,
    cpus: threads.map((one) => one.id),
    threads,
    pages: [
      { sizeKiB: 64, count: 1048576 },
      { sizeKiB: 2048, count: 0 },
      { sizeKiB: 1048576, count: 0 },
    ],
    distances: distances.map(([node, value]) => ({ id: node, value })),
  }
}

const cores = (chip: number, firsts: readonly number[]): readonly HostThread[] =>
  firsts.flatMap((first) => {
    const siblings = range(4).map((i) => first + i)
    return siblings.map((id) => thread(id, chip, first, siblings))
  })

const twoNodes: readonly DescribedNode[] = [
  { id: 0, memoryKiB: 67108864, distances: [10, 40] },
  { id: 8, memoryKiB: 67108864, distances: [40, 10] },
]

const near0 = [
  [0, 10],
  [8, 40],
] as const
const near8 = [
  [0, 40],
  [8, 10],
] as const

export const power9Smt4: KnownHost = ac922({
  name: 'POWER9, PowerNV, SMT4',
  online: 4,
  smt: 'on',
  nodes: twoNodes,
  topology: { cpus: 16, nodes: 2, sockets: 1, cores: 2, threads: 4 },
  cells: [cell(0, cores(0, [0, 4]), near0), cell(8, cores(8, [8, 12]), near8)],
})

/** KVM does not ask for it since POWER9, so the threads that are off are just not there. */
export const power9SmtOff: KnownHost = ac922({
  name: 'POWER9, PowerNV, SMT off',
  online: 1,
  smt: 'off',
  nodes: twoNodes,
  topology: { cpus: 4, nodes: 1, sockets: 1, cores: 16, threads: 1 },
  cells: [
    cell(0, [thread(0, 0, 0), thread(4, 0, 4)], near0),
    cell(8, [thread(8, 8, 8), thread(12, 8, 12)], near8),
  ],
})

/** A GPU's memory is a node of its own, far away from everybody and without processors. */
export const power9Gpu: KnownHost = ac922({
  name: 'POWER9, PowerNV, with the memory of a GPU',
  online: 4,
  smt: 'on',
  nodes: [
    { id: 0, memoryKiB: 67108864, distances: [10, 40, 80] },
    { id: 8, memoryKiB: 67108864, distances: [40, 10, 80] },
    { id: 252, memoryKiB: 67108864, distances: [80, 80, 10] },
  ],
  topology: { cpus: 16, nodes: 2, sockets: 1, cores: 2, threads: 4 },
  cells: [
    cell(0, cores(0, [0, 4]), [...near0, [252, 80]]),
    cell(8, cores(8, [8, 12]), [...near8, [252, 80]]),
    cell(
      252,
      [],
      [
        [0, 80],
        [8, 80],
        [252, 10],
      ],
    ),
  ],
})
