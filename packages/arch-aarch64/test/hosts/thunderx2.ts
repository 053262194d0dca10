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
const online = ids.filter((id) => id !== 7)

/** Two cores of four threads; a thread of core 1 is offline. */
const cpus = ids.map((id) => ({
  id,
  socket: 0,
  core: id % 2,
  siblings: online.filter((other) => other % 2 === id % 2),
  online: id !== 7,
}))

/** A chip of four threads a core, the only one of Arm's world in a server, with one thread offline. */
export const thunderX2: KnownHost = {
  name: 'ThunderX2 with SMT4',
  files: describedHost({
    ...describeLinux({
      cpus,
      nodes: [{ id: 0, memoryKiB: 67108864, distances: [10] }],
      hugePageSizesKiB: [2048, 1048576],
    }),
    '/proc/cpuinfo': cpuinfo(online.map((id) => [id, cores.thunderX2])),
    ...identification(online.map((id) => [id, 0x431f0af1])),
    '/proc/self/auxv': auxv(4096),
    '/proc/interrupts': interrupts('GICv3'),
    ...dmi({
      sys_vendor: 'Gigabyte',
      product_name: 'R281-T91-00',
      product_version: '0100',
      board_vendor: 'Gigabyte',
      board_name: 'MT91-FS1-00',
    }),
    ...kvmDevice,
    '/proc/cmdline': 'root=/dev/sda2 kvm-arm.mode=nvhe\n',
    '/sys/kernel/iommu_groups/0/type': 'DMA\n',
  }),
  expected: {
    arch: 'aarch64',
    cpu: {
      model: 'ThunderX2 99xx',
      vendor: 'Cavium',
      description: 'ThunderX2 99xx',
      features: words(cores.thunderX2.features),
      registers: { midr: 0x431f0af1, gic: 3 },
      mhz: 0,
    },
    topology: { cpus: 7, nodes: 1, sockets: 1, cores: 2, threads: 4 },
    memoryKiB: 67108864,
    pageSizesKiB: [4, 2048, 1048576],
    cells: [
      {
        id: 0,
        memoryKiB: 67108864,
        cpus: online,
        threads: threadsOf(cpus),
        pages: [
          { sizeKiB: 4, count: 16777216 },
          { sizeKiB: 2048, count: 0 },
          { sizeKiB: 1048576, count: 0 },
        ],
        distances: [{ id: 0, value: 10 }],
      },
    ],
    firmware: {
      kind: 'smbios',
      manufacturer: 'Gigabyte',
      product: 'R281-T91-00',
      version: '0100',
    },
    presentCpus: ids,
    onlineCpus: online,
    caches: [],
    sysinfo: {
      system: [
        ['manufacturer', 'Gigabyte'],
        ['product', 'R281-T91-00'],
        ['version', '0100'],
      ],
      baseBoards: [
        [
          ['manufacturer', 'Gigabyte'],
          ['product', 'MT91-FS1-00'],
        ],
      ],
    },
    virtualization: { modules: ['kvm'], nested: false, iommu: true },
    facts: [
      ['revision', 'r1p1'],
      ['interrupt controller', 'GIC version 3'],
      ['KVM mode', 'nvhe'],
    ],
    warnings: [],
  },
  findings: [
    ['KVM', 'ok'],
    ['CPUs', 'note'],
  ],
}
