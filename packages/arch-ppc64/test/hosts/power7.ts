import { describedHost, describeLinux } from '@polyvirt/conformance'
import { auxv, cells, cpuinfo, cpusOf, processors, range, strings, thread, tree } from './parts.ts'
import type { KnownHost } from '@polyvirt/conformance'

const numbers = range(4, 4)
const type = 'POWER7 (raw), altivec supported'
const version = '2.3 (pvr 003f 0203)'

/** IBM PowerLinux 7R2 under OPAL v2, big endian, SMT off for KVM; its clock line is firmware's slip. */
export const power7: KnownHost = {
  name: 'POWER7, PowerNV, SMT off',
  files: describedHost({
    ...describeLinux({
      cpus: cpusOf({
        cores: 4,
        threads: 4,
        online: (one) => one === 0,
        place: (core) => ({ node: core < 2 ? 0 : 1, socket: core < 2 ? 0 : 1 }),
      }),
      nodes: [
        { id: 0, memoryKiB: 33554432, distances: [10, 40], hugePages: { 16384: 64 } },
        { id: 1, memoryKiB: 33554432, distances: [40, 10] },
      ],
      hugePageSizesKiB: [16384, 16777216],
    }),
    '/proc/cpuinfo': cpuinfo({
      numbers,
      cpu: type,
      clock: '8.388608MHz',
      revision: version,
      summary: {
        timebase: '512000000',
        platform: 'PowerNV',
        model: '8246-L2C',
        machine: 'PowerNV 8246-L2C',
        firmware: 'OPAL v2',
      },
    }),
    ...tree({
      compatible: strings('ibm,powernv', 'ibm,8246-L2C'),
      model: strings('8246-L2C'),
      'system-id': strings('0612345'),
      'cpus/PowerPC,POWER7@0/ibm,ppc-interrupt-server#s': cells(0, 1, 2, 3),
      'cpus/PowerPC,POWER7@0/d-cache-size': cells(32768),
      'cpus/l2-cache@20000000/d-cache-size': cells(262144),
    }),
    '/proc/self/auxv': auxv(65536, false),
    '/sys/module/kvm_hv/parameters/indep_threads_mode': 'Y\n',
  }),
  expected: {
    arch: 'ppc64',
    cpu: {
      model: 'POWER7',
      vendor: 'IBM',
      description: type,
      features: [],
      registers: { pvr: 0x003f0203 },
      mhz: 8,
    },
    topology: { cpus: 16, nodes: 2, sockets: 1, cores: 2, threads: 4 },
    memoryKiB: 67108864,
    pageSizesKiB: [64, 16384, 16777216],
    cells: [
      {
        id: 0,
        memoryKiB: 33554432,
        cpus: [0, 4],
        threads: [thread(0, 0, 0), thread(4, 0, 4)],
        pages: [
          { sizeKiB: 64, count: 507904 },
          { sizeKiB: 16384, count: 64 },
          { sizeKiB: 16777216, count: 0 },
        ],
        distances: [
          { id: 0, value: 10 },
          { id: 1, value: 40 },
        ],
      },
      {
        id: 1,
        memoryKiB: 33554432,
        cpus: [8, 12],
        threads: [thread(8, 1, 8), thread(12, 1, 12)],
        pages: [
          { sizeKiB: 64, count: 524288 },
          { sizeKiB: 16384, count: 0 },
          { sizeKiB: 16777216, count: 0 },
        ],
        distances: [
          { id: 0, value: 40 },
          { id: 1, value: 10 },
        ],
      },
    ],
    firmware: { kind: 'device-tree', product: '8246-L2C', serial: '0612345' },
    presentCpus: range(16),
    onlineCpus: numbers,
    caches: [],
    sysinfo: {
      system: [
        ['version', 'PowerNV 8246-L2C'],
        ['serial', '8246-L2C'],
        ['family', 'PowerNV'],
      ],
      processors: processors(numbers, type, version),
    },
    virtualization: { modules: ['kvm_hv'], iommu: false },
    facts: [
      ['platform', 'PowerNV, bare metal'],
      ['firmware', 'OPAL v2'],
      ['threads per core', '4, of which 1 online'],
      ['L1 data cache', '32 KiB'],
      ['L2 cache', '256 KiB'],
    ],
    warnings: [],
  },
  findings: [['KVM', 'ok']],
}
