import { describedHost, describeLinux } from '@polyvirt/conformance'
import type { DescribedCpu } from '@polyvirt/conformance'
import type { HostInfo } from '@polyvirt/core/arch'
import {
  auxv,
  cores,
  cpuinfo,
  identification,
  interrupts,
  kvmDevice,
  processors,
  range,
  strings,
  threadsOf,
  tree,
  words,
} from './parts.ts'
import type { KnownHost } from '@polyvirt/conformance'
import type { CoreText } from './parts.ts'

interface Kind {
  readonly core: CoreText
  readonly midr: number
  readonly count: number
}

interface Board {
  readonly name: string
  readonly kinds: readonly Kind[]
  /** Where the kernel puts a CPU. */
  readonly place: (id: number) => Pick<DescribedCpu, 'socket' | 'core'>
  readonly product: string
  readonly compatible: readonly [string, ...string[]]
  readonly pageKiB: number
  readonly controller: string
  readonly cpu: HostInfo['cpu']
  readonly topology: HostInfo['topology']
  readonly facts: NonNullable<HostInfo['facts']>
}

const memoryKiB = 4000000

/** A board with cores of two kinds, so that no one model is the host's. */
function board(parts: Board): KnownHost {
  const all = parts.kinds.flatMap(({ core, midr, count }) =>
    range(count).map(() => ({ core, midr })),
  )
  const ids = range(all.length)
  const cpus = ids.map((id) => ({ id, ...parts.place(id) }))
  const [compatible] = parts.compatible
  const manufacturer = compatible.split(',')[0] ?? ''
  return {
    name: parts.name,
    files: describedHost({
      ...describeLinux({ cpus, nodes: [], hugePageSizesKiB: [2048] }),
      '/proc/meminfo': `MemTotal:       ${memoryKiB} kB\n`,
      '/proc/cpuinfo': cpuinfo(all.map(({ core }, id) => [id, core])),
      ...identification(all.map(({ midr }, id) => [id, midr])),
      '/proc/self/auxv': auxv(parts.pageKiB * 1024),
      '/proc/interrupts': interrupts(parts.controller),
      ...tree({ compatible: strings(...parts.compatible), model: strings(parts.product) }),
      ...kvmDevice,
      '/sys/kernel/iommu_groups/0/type': 'DMA\n',
    }),
    expected: {
      arch: 'aarch64',
      cpu: parts.cpu,
      topology: parts.topology,
      memoryKiB,
      pageSizesKiB: [parts.pageKiB, 2048],
      cells: [
        {
          id: 0,
          memoryKiB,
          cpus: ids,
          threads: threadsOf(cpus),
          pages: [
            { sizeKiB: parts.pageKiB, count: memoryKiB / parts.pageKiB },
            { sizeKiB: 2048, count: 0 },
          ],
        },
      ],
      firmware: { kind: 'device-tree', manufacturer, product: parts.product },
      presentCpus: ids,
      onlineCpus: ids,
      caches: [],
      sysinfo: {
        system: [
          ['manufacturer', manufacturer],
          ['product', parts.product],
        ],
        processors: processors(ids) ?? [],
      },
      virtualization: { modules: ['kvm'], nested: false, iommu: true },
      facts: parts.facts,
      warnings: [],
    },
    findings: [
      ['KVM', 'ok'],
      ['cores', 'warning'],
    ],
  }
}

/** RK3399: four small cores and two large ones, in clusters that count as sockets. */
export const rockPro64: KnownHost = board({
  name: 'RockPro64, four cortex-a53 and two cortex-a72',
  kinds: [
    { core: cores.cortexA53, midr: 0x410fd034, count: 4 },
    { core: cores.cortexA72Crypto, midr: 0x410fd082, count: 2 },
  ],
  place: (id) => (id < 4 ? { socket: 0, core: id } : { socket: 1, core: id - 4 }),
  product: 'Pine64 RockPro64 v2.1',
  compatible: ['pine64,rockpro64-v2.1', 'pine64,rockpro64', 'rockchip,rk3399'],
  pageKiB: 4,
  controller: 'GICv3',
  cpu: {
    vendor: 'ARM',
    description: 'cortex-a53 + cortex-a72',
    features: words(cores.cortexA53.features),
    registers: { gic: 3 },
    mhz: 0,
  },
  topology: { cpus: 6, nodes: 1, sockets: 1, cores: 6, threads: 1 },
  facts: [
    ['processors', 'cortex-a53, CPUs 0-3; cortex-a72, CPUs 4-5'],
    ['board', 'pine64,rockpro64-v2.1'],
    ['interrupt controller', 'GIC version 3'],
  ],
})

/** Apple's own interrupt controller, and pages of 16 KiB. */
export const macBook: KnownHost = board({
  name: 'MacBook Air M1',
  kinds: [
    { core: cores.icestorm, midr: 0x611f0221, count: 4 },
    { core: cores.firestorm, midr: 0x611f0231, count: 4 },
  ],
  place: (id) => ({ socket: 0, core: id }),
  product: 'Apple MacBook Air (M1, 2020)',
  compatible: ['apple,j313', 'apple,t8103', 'apple,arm-platform'],
  pageKiB: 16,
  controller: 'AIC2',
  cpu: {
    vendor: 'Apple',
    description: 'M1-Icestorm + M1-Firestorm',
    features: words(cores.icestorm.features),
    mhz: 0,
  },
  topology: { cpus: 8, nodes: 1, sockets: 1, cores: 8, threads: 1 },
  facts: [
    ['processors', 'M1-Icestorm, CPUs 0-3; M1-Firestorm, CPUs 4-7'],
    ['board', 'apple,j313'],
  ],
})
