import { describedHost, describeLinux } from '@polyvirt/conformance'
import { auxv, cells, cpuinfo, cpusOf, processors, range, strings, thread, tree } from './parts.ts'
import type { KnownHost } from '@polyvirt/conformance'

const numbers = range(8, 4)
const type = 'POWER8E (raw), altivec supported'
const version = '2.1 (pvr 004b 0201)'

/** IBM Power S822L: cores split in two for KVM, so that two of eight threads are online. */
export const power8: KnownHost = {
  name: 'POWER8, PowerNV, two subcores',
  files: describedHost({
    ...describeLinux({
      cpus: cpusOf({
        cores: 4,
        threads: 8,
        online: (one) => one === 0 || one === 4,
        place: (core) => ({ node: core < 2 ? 0 : 16, socket: core < 2 ? 0 : 16 }),
      }),
      nodes: [
        { id: 0, memoryKiB: 67108864, distances: [10, 40] },
        { id: 16, memoryKiB: 67108864, distances: [40, 10] },
      ],
      hugePageSizesKiB: [16384, 16777216],
    }),
    '/proc/cpuinfo': cpuinfo({
      numbers,
      cpu: type,
      clock: '3690.000000MHz',
      revision: version,
      summary: {
        timebase: '512000000',
        platform: 'PowerNV',
        model: '8247-22L',
        machine: 'PowerNV 8247-22L',
        firmware: 'OPAL v3',
      },
    }),
    ...tree({
      compatible: strings('ibm,powernv', 'ibm,p8-fsp'),
      model: strings('8247-22L'),
      'model-name': strings('IBM Power System S822L'),
      vendor: strings('IBM'),
      'system-id': strings('10ABCDE'),
      'ibm,opal/firmware/version': strings('skiboot-5.1.13'),
      'cpus/PowerPC,POWER8@20/ibm,ppc-interrupt-server#s': cells(...range(8)),
    }),
    '/proc/self/auxv': auxv(65536, true),
    '/sys/devices/system/cpu/subcores_per_core': '2\n',
    '/sys/module/kvm_hv/parameters/indep_threads_mode': 'Y\n',
    '/sys/kernel/iommu_groups/0/type': 'DMA\n',
  }),
  expected: {
    arch: 'ppc64le',
    cpu: {
      model: 'POWER8',
      vendor: 'IBM',
      description: type,
      features: [],
      registers: { pvr: 0x004b0201 },
      mhz: 3690,
    },
    topology: { cpus: 32, nodes: 2, sockets: 1, cores: 2, threads: 8 },
    memoryKiB: 134217728,
    pageSizesKiB: [64, 16384, 16777216],
    cells: [0, 16].map((id, i) => ({
      id,
      memoryKiB: 67108864,
      cpus: i === 0 ? [0, 4, 8, 12] : [16, 20, 24, 28],
      threads:
        i === 0
          ? [
              thread(0, 0, 0, [0, 4]),
              thread(4, 0, 0, [0, 4]),
              thread(8, 0, 8, [8, 12]),
              thread(12, 0, 8, [8, 12]),
            ]
          : [
              thread(16, 16, 16, [16, 20]),
              thread(20, 16, 16, [16, 20]),
              thread(24, 16, 24, [24, 28]),
              thread(28, 16, 24, [24, 28]),
            ],
      pages: [
        { sizeKiB: 64, count: 1048576 },
        { sizeKiB: 16384, count: 0 },
        { sizeKiB: 16777216, count: 0 },
      ],
      distances: [
        { id: 0, value: i === 0 ? 10 : 40 },
        { id: 16, value: i === 0 ? 40 : 10 },
      ],
    })),
    firmware: {
      kind: 'device-tree',
      manufacturer: 'IBM',
      product: '8247-22L',
      serial: '10ABCDE',
    },
    presentCpus: range(32),
    onlineCpus: numbers,
    caches: [],
    sysinfo: {
      system: [
        ['version', 'PowerNV 8247-22L'],
        ['serial', '8247-22L'],
        ['family', 'PowerNV'],
      ],
      processors: processors(numbers, type, version),
    },
    virtualization: { modules: ['kvm_hv'], iommu: true },
    facts: [
      ['platform', 'PowerNV, bare metal'],
      ['model name', 'IBM Power System S822L'],
      ['firmware', 'OPAL v3, skiboot-5.1.13'],
      ['threads per core', '8, of which 2 online'],
      ['subcores per core', '2'],
    ],
    warnings: [],
  },
  findings: [
    ['KVM', 'ok'],
    ['huge pages', 'note'],
  ],
}
