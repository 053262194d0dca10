import { describedHost, describeLinux } from '@polyvirt/conformance'
import { books, cpuinfo, processors, range, sysinfo, thread } from './parts.ts'
import type { KnownHost } from '@polyvirt/conformance'

const cpus = range(8)
const socketOf = (id: number): number => (id < 2 ? 2 : 3)
const described = cpus.map((id) => ({ id, core: id, socket: socketOf(id) }))

/**
 * A partition with eight processors on two sockets of one drawer, without simultaneous threads
 * (util-linux, tests/ts/lscpu/dumps/s390-lpar-drawer); its kernel shows no facilities yet.
 */
export const z13Lpar: KnownHost = {
  name: 'z13, logical partition with drawers',
  files: describedHost({
    ...describeLinux({
      cpus: described,
      nodes: [{ id: 0, memoryKiB: 8388608, distances: [10] }],
      hugePageSizesKiB: [1024, 2097152],
    }),
    ...books(described, () => ({ book: 1, drawer: 4 })),
    '/proc/cpuinfo': cpuinfo({
      summary: {
        vendor_id: 'IBM/S390',
        '# processors': '8',
        'bogomips per cpu': '20325.00',
        features: 'esan3 zarch stfle msa ldisp eimm dfp edat etf3eh highgprs te vx sie ',
        cache0: 'level=1 type=Data scope=Private size=128K line_size=256 associativity=8',
        cache1: 'level=1 type=Instruction scope=Private size=96K line_size=256 associativity=6',
        cache5: 'level=4 type=Unified scope=Shared size=491520K line_size=256 associativity=30',
      },
      cpus,
      version: '00',
      identification: () => '4729E7',
      machine: '2964',
      mhz: { dynamic: 5000, static: 5000 },
    }),
    '/proc/sysinfo': sysinfo({
      Manufacturer: 'IBM',
      Type: '2964',
      Model: '703              N96',
      'Sequence Code': '00000000000829E7',
      Plant: '02',
      'CPU Topology HW': ' 0 0 4 2 3 8',
      'CPU Topology SW': ' 0 0 4 2 3 8',
      'CPUs Total': '96',
      'LPAR Number': '71',
      'LPAR Characteristics': 'Shared ',
      'LPAR Name': 'S35LP67 ',
      'LPAR CPUs Total': '8',
    }),
    '/sys/devices/system/cpu/dispatching': '0\n',
    '/sys/module/kvm/parameters/nested': '0\n',
  }),
  expected: {
    arch: 's390x',
    cpu: {
      model: 'z13',
      vendor: 'IBM',
      description: 'IBM z13',
      features: [],
      registers: { machine: 0x2964 },
      mhz: 5000,
    },
    topology: { cpus: 8, nodes: 1, sockets: 1, cores: 8, threads: 1 },
    memoryKiB: 8388608,
    pageSizesKiB: [4, 1024, 2097152],
    cells: [
      {
        id: 0,
        memoryKiB: 8388608,
        cpus,
        threads: cpus.map((id) => thread(id, socketOf(id))),
        pages: [
          { sizeKiB: 4, count: 2097152 },
          { sizeKiB: 1024, count: 0 },
          { sizeKiB: 2097152, count: 0 },
        ],
        distances: [{ id: 0, value: 10 }],
      },
    ],
    firmware: {
      kind: 'none',
      manufacturer: 'IBM',
      product: '2964',
      version: '703 N96',
      serial: '00000000000829E7',
    },
    presentCpus: cpus,
    onlineCpus: cpus,
    caches: [],
    sysinfo: {
      system: [
        ['manufacturer', 'IBM'],
        ['serial', '00000000000829E7'],
        ['family', '2964'],
      ],
      processors: processors(cpus, {
        family: '2964',
        version: '00',
        maxSpeed: '5000',
        serial: () => '4729E7',
      }),
    },
    virtualization: { modules: ['kvm'], nested: false, iommu: false },
    facts: [
      ['platform', 'logical partition (LPAR)'],
      ['machine', 'IBM 2964'],
      ['model', '703 N96'],
      ['partition', 'S35LP67'],
      ['partition’s processors', 'Shared'],
      ['topology', '0 0 4 2 3 8'],
      ['dispatching', 'horizontal'],
      ['L1 data cache', '128 KiB'],
      ['L1 instruction cache', '96 KiB'],
      ['L4 cache', '491520 KiB'],
    ],
    warnings: [],
  },
  findings: [
    ['KVM', 'ok'],
    ['nested', 'note'],
  ],
}
