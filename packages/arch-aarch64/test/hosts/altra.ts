import { describedHost, describeLinux } from '@polyvirt/conformance'
import {
  auxv,
  cores,
  cpuinfo,
  dmi,
  identification,
  interrupts,
  kvmDevice,
  range,
  threadsOf,
  words,
} from './parts.ts'
import type { KnownHost } from '@polyvirt/conformance'

const ids = range(8)

/** A socket is known by where it stands in a table of the firmware's. */
const cpus = ids.map((id) => ({
  id,
  socket: id < 4 ? 36 : 9296,
  core: id % 4,
  node: id < 4 ? 0 : 1,
}))

const pages = [
  { sizeKiB: 64, count: 2097152 },
  { sizeKiB: 2048, count: 0 },
  { sizeKiB: 524288, count: 0 },
  { sizeKiB: 16777216, count: 0 },
]

/** Two Ampere Altra in a Mt. Jade, with a kernel of 64 KiB pages. */
export const altra: KnownHost = {
  name: 'two Ampere Altra',
  files: describedHost({
    ...describeLinux({
      cpus,
      nodes: [
        { id: 0, memoryKiB: 134217728, distances: [10, 20] },
        { id: 1, memoryKiB: 134217728, distances: [20, 10] },
      ],
      hugePageSizesKiB: [2048, 524288, 16777216],
    }),
    '/proc/cpuinfo': cpuinfo(ids.map((id) => [id, cores.neoverseN1])),
    ...identification(ids.map((id) => [id, 0x413fd0c1])),
    '/proc/self/auxv': auxv(65536),
    '/proc/interrupts': interrupts('GICv3'),
    ...dmi({
      sys_vendor: 'WIWYNN',
      product_name: 'Mt.Jade Server System B81.030Z1.0007',
      product_version: 'EVT2',
      bios_vendor: 'Ampere(R)',
      bios_version: '1.6.20210526 (SCP: 1.06.20210615)',
      bios_date: '2021/06/15',
    }),
    ...kvmDevice,
    '/sys/kernel/iommu_groups/0/type': 'DMA\n',
  }),
  expected: {
    arch: 'aarch64',
    cpu: {
      model: 'Neoverse-N1',
      vendor: 'ARM',
      description: 'Neoverse-N1',
      features: words(cores.neoverseN1.features),
      registers: { midr: 0x413fd0c1, gic: 3 },
      mhz: 0,
    },
    topology: { cpus: 8, nodes: 2, sockets: 1, cores: 4, threads: 1 },
    memoryKiB: 268435456,
    pageSizesKiB: [64, 2048, 524288, 16777216],
    cells: [
      {
        id: 0,
        memoryKiB: 134217728,
        cpus: range(4),
        threads: threadsOf(cpus, 0),
        pages,
        distances: [
          { id: 0, value: 10 },
          { id: 1, value: 20 },
        ],
      },
      {
        id: 1,
        memoryKiB: 134217728,
        cpus: range(4, 4),
        threads: threadsOf(cpus, 1),
        pages,
        distances: [
          { id: 0, value: 20 },
          { id: 1, value: 10 },
        ],
      },
    ],
    firmware: {
      kind: 'smbios',
      manufacturer: 'WIWYNN',
      product: 'Mt.Jade Server System B81.030Z1.0007',
      version: 'EVT2',
    },
    presentCpus: ids,
    onlineCpus: ids,
    caches: [],
    sysinfo: {
      bios: [
        ['vendor', 'Ampere(R)'],
        ['version', '1.6.20210526 (SCP: 1.06.20210615)'],
        ['date', '2021/06/15'],
      ],
      system: [
        ['manufacturer', 'WIWYNN'],
        ['product', 'Mt.Jade Server System B81.030Z1.0007'],
        ['version', 'EVT2'],
      ],
    },
    virtualization: { modules: ['kvm'], nested: false, iommu: true },
    facts: [
      ['revision', 'r3p1'],
      ['firmware', 'Ampere(R), 1.6.20210526 (SCP: 1.06.20210615), 2021/06/15'],
      ['interrupt controller', 'GIC version 3'],
    ],
    warnings: [],
  },
  findings: [['KVM', 'ok']],
}
