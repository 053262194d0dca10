import { describedHost, describeLinux } from '@polyvirt/conformance'
import { parseHex } from './hex.ts'
import {
  auxv,
  cores,
  cpuinfo,
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

interface Pi {
  readonly name: string
  readonly core: CoreText
  readonly model: string
  readonly vendor: string
  readonly board: string
  readonly chip: string
  readonly product: string
  readonly memoryKiB: number
  readonly pageKiB: number
  readonly hugePagesKiB: readonly number[]
  readonly revision: string
}

const ids = range(4)
const cpus = ids.map((id) => ({ id, socket: 0, core: id }))

/** A board with four cores and a GIC-400. Its kernel knows no NUMA nodes and reads no registers. */
function pi(parts: Pi): KnownHost {
  const { core, product, memoryKiB, pageKiB } = parts
  const huge = parts.hugePagesKiB
  return {
    name: parts.name,
    files: describedHost({
      ...describeLinux({ cpus, nodes: [], hugePageSizesKiB: huge }),
      '/proc/meminfo': `MemTotal:       ${memoryKiB} kB\n`,
      '/proc/cpuinfo': cpuinfo(
        ids.map((id) => [id, core]),
        { Revision: parts.revision, Serial: '10000000c0ffee42', Model: product },
      ),
      '/proc/self/auxv': auxv(pageKiB * 1024),
      '/proc/interrupts': interrupts('GICv2'),
      ...tree({
        compatible: strings(`raspberrypi,${parts.board}`, `brcm,${parts.chip}`),
        model: strings(product),
        'serial-number': strings('10000000c0ffee42'),
      }),
      ...kvmDevice,
    }),
    expected: {
      arch: 'aarch64',
      cpu: {
        model: parts.model,
        vendor: parts.vendor,
        description: parts.model,
        features: words(core.features),
        registers: { midr: parseHex(core), gic: 2 },
        mhz: 0,
      },
      topology: { cpus: 4, nodes: 1, sockets: 1, cores: 4, threads: 1 },
      memoryKiB,
      pageSizesKiB: [pageKiB, ...huge],
      cells: [
        {
          id: 0,
          memoryKiB,
          cpus: ids,
          threads: threadsOf(cpus),
          pages: [
            { sizeKiB: pageKiB, count: Math.floor(memoryKiB / pageKiB) },
            ...huge.map((sizeKiB) => ({ sizeKiB, count: 0 })),
          ],
        },
      ],
      firmware: {
        kind: 'device-tree',
        manufacturer: 'raspberrypi',
        product,
        serial: '10000000c0ffee42',
      },
      presentCpus: ids,
      onlineCpus: ids,
      caches: [],
      sysinfo: {
        system: [
          ['manufacturer', 'raspberrypi'],
          ['product', product],
          ['serial', '10000000c0ffee42'],
        ],
        processors: processors(ids) ?? [],
      },
      virtualization: { modules: ['kvm'], nested: false, iommu: false },
      facts: [
        ['revision', `r${Number(core.variant)}p${core.revision}`],
        ['board', `raspberrypi,${parts.board}`],
        ['interrupt controller', 'GIC version 2'],
      ],
      warnings: [],
    },
    findings: [
      ['KVM', 'ok'],
      ['GIC', 'note'],
    ],
  }
}

export const raspberryPi4: KnownHost = pi({
  name: 'Raspberry Pi 4',
  core: cores.cortexA72,
  model: 'cortex-a72',
  vendor: 'ARM',
  board: '4-model-b',
  chip: 'bcm2711',
  product: 'Raspberry Pi 4 Model B Rev 1.4',
  memoryKiB: 7998208,
  pageKiB: 4,
  hugePagesKiB: [64, 2048, 32768, 1048576],
  revision: 'd03114',
})

export const raspberryPi5: KnownHost = pi({
  name: 'Raspberry Pi 5, with pages of 16 KiB',
  core: cores.cortexA76,
  model: 'cortex-a76',
  vendor: 'ARM',
  board: '5-model-b',
  chip: 'bcm2712',
  product: 'Raspberry Pi 5 Model B Rev 1.0',
  memoryKiB: 8256112,
  pageKiB: 16,
  hugePagesKiB: [2048, 32768, 1048576],
  revision: 'd04170',
})
