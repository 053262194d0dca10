import { describedHost, describeLinux } from '@polyvirt/conformance'
import { auxv, cells, cpuinfo, cpusOf, processors, range, strings, thread, tree } from './parts.ts'
import type { KnownHost } from '@polyvirt/conformance'

const numbers = range(4)
const type = 'PPC970MP, altivec supported'
const version = '1.1 (pvr 0044 0101)'

/** Apple PowerMac G5 Quad: big endian, pages of 4 KiB, KVM in user mode only. */
export const powermac: KnownHost = {
  name: '970MP, PowerMac G5',
  files: describedHost({
    ...describeLinux({
      cpus: cpusOf({
        cores: 4,
        threads: 1,
        online: () => true,
        place: () => ({ node: 0, socket: 0 }),
      }),
      nodes: [{ id: 0, memoryKiB: 8388608, distances: [10] }],
      hugePageSizesKiB: [16384],
    }),
    '/proc/cpuinfo': cpuinfo({
      numbers,
      cpu: type,
      clock: '2500.000000MHz',
      revision: version,
      summary: {
        timebase: '33333333',
        platform: 'PowerMac',
        model: 'PowerMac11,2',
        machine: 'PowerMac11,2',
        motherboard: 'PowerMac11,2 MacRISC4 Power Macintosh',
        'detected as': '337 (PowerMac G5 Dual Core)',
        'pmac flags': '00000000',
        'L2 cache': '1024K unified',
        'pmac-generation': 'NewWorld',
      },
    }),
    ...tree({
      compatible: strings('PowerMac11,2', 'MacRISC4', 'Power Macintosh'),
      model: strings('PowerMac11,2'),
      'openprom/model': strings('OpenFirmware 4'),
      'cpus/PowerPC,G5@0/d-cache-size': cells(32768),
      'cpus/PowerPC,G5@0/i-cache-size': cells(65536),
      'cpus/PowerPC,G5@0/l2-cache/d-cache-size': cells(1048576),
    }),
    '/proc/self/auxv': auxv(4096, false),
    '/sys/module/kvm_pr/refcnt': '0\n',
  }),
  expected: {
    arch: 'ppc64',
    cpu: {
      model: '970mp',
      vendor: 'IBM',
      description: type,
      features: [],
      registers: { pvr: 0x00440101 },
      mhz: 2500,
    },
    topology: { cpus: 4, nodes: 1, sockets: 1, cores: 4, threads: 1 },
    memoryKiB: 8388608,
    pageSizesKiB: [4, 16384],
    cells: [
      {
        id: 0,
        memoryKiB: 8388608,
        cpus: numbers,
        threads: numbers.map((id) => thread(id, 0, id)),
        pages: [
          { sizeKiB: 4, count: 2097152 },
          { sizeKiB: 16384, count: 0 },
        ],
        distances: [{ id: 0, value: 10 }],
      },
    ],
    firmware: { kind: 'device-tree', product: 'PowerMac11,2' },
    presentCpus: numbers,
    onlineCpus: numbers,
    caches: [],
    sysinfo: {
      system: [
        ['version', 'PowerMac11,2'],
        ['serial', 'PowerMac11,2'],
        ['family', 'PowerMac'],
      ],
      processors: processors(numbers, type, version),
    },
    virtualization: { modules: ['kvm_pr'], iommu: false },
    facts: [
      ['platform', 'PowerMac, bare metal'],
      ['firmware', 'OpenFirmware 4'],
      ['threads per core', '1'],
      ['L1 data cache', '32 KiB'],
      ['L1 instruction cache', '64 KiB'],
      ['L2 cache', '1024 KiB'],
    ],
    warnings: [],
  },
  findings: [
    ['KVM', 'note'],
    ['pages', 'warning'],
    ['huge pages', 'note'],
  ],
}
