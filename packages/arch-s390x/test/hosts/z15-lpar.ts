import { describedHost, describeLinux } from '@polyvirt/conformance'
import { facilities } from '../../src/facilities.ts'
import { toRegisters } from '../../src/registers.ts'
import { books, cpuinfo, processors, range, sysinfo, thread } from './parts.ts'
import type { KnownHost } from '@polyvirt/conformance'

/** Two cores in each of two drawers; sockets and books have the same numbers in both. */
const cpus = range(8)
const coreOf = (id: number): number => Math.floor(id / 2)
const drawerOf = (id: number): number => (id < 4 ? 2 : 4)
const siblingsOf = (id: number): readonly number[] => [coreOf(id) * 2, coreOf(id) * 2 + 1]
const described = cpus.map((id) => ({
  id,
  core: coreOf(id),
  socket: 1,
  siblings: siblingsOf(id),
}))
const socketId = (id: number): number => (drawerOf(id) * 256 + 1) * 256 + 1

/** Facilities of a z15 as a kernel shows them (shirou/gopsutil, issue 990). */
const bits = [
  '0 1 2 3 4 6 7 8 9 10 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 30 31 32 33 34 35 36 37 38',
  '40 41 42 43 44 45 47 48 49 50 51 52 53 54 57 58 59 60 61 64 69 71 73 74 75 76 77 78 80 81 82',
  '129 130 131 133 134 135 138 139 146 148 150 151 152 155 156 168',
].join(' ')

/** A partition of a z15 with two threads a core, the Ultravisor at work, and nested guests. */
export const z15Lpar: KnownHost = {
  name: 'z15, logical partition with simultaneous threads',
  files: describedHost({
    ...describeLinux({
      cpus: described,
      nodes: [{ id: 0, memoryKiB: 33554432, distances: [10], hugePages: { 1024: 4096 } }],
      hugePageSizesKiB: [1024, 2097152],
    }),
    ...books(described, (id) => ({ book: 1, drawer: drawerOf(id) })),
    '/proc/cpuinfo': cpuinfo({
      summary: {
        vendor_id: 'IBM/S390',
        '# processors': '8',
        'bogomips per cpu': '3241.00',
        'max thread id': '1',
        features:
          'esan3 zarch stfle msa ldisp eimm dfp edat etf3eh highgprs te vx vxd vxe gs vxe2 vxp sort dflt sie ',
        facilities: bits,
        cache0: 'level=1 type=Data scope=Private size=128K line_size=256 associativity=8',
      },
      cpus,
      version: '00',
      identification: () => '0A2D28',
      machine: '8561',
      mhz: { dynamic: 5200, static: 5200 },
    }),
    '/proc/sysinfo': sysinfo({
      Manufacturer: 'IBM',
      Type: '8561',
      Model: '703              T01',
      'Sequence Code': '00000000000A2D28',
      'CPU Topology SW': ' 0 0 5 1 4 12',
      'LPAR Number': '19',
      'LPAR Characteristics': 'Dedicated ',
      'LPAR Name': 'PAYROLL ',
      'LPAR Extended Name': 'payroll of the north',
      'LPAR UUID': '5d1d0a6f-2a8b-4c6e-8e51-0d5d0c7b8a21',
    }),
    '/sys/devices/system/cpu/dispatching': '1\n',
    '/sys/firmware/uv/prot_virt_host': '1\n',
    '/sys/firmware/uv/prot_virt_guest': '0\n',
    '/sys/module/kvm/parameters/nested': '1\n',
    '/sys/kernel/iommu_groups/0/type': 'DMA\n',
  }),
  expected: {
    arch: 's390x',
    cpu: {
      model: 'gen15a',
      vendor: 'IBM',
      description: 'IBM z15 T01',
      features: bits.split(' ').flatMap((bit) => facilities.get(Number(bit)) ?? []),
      registers: toRegisters(0x8561, bits.split(' ').map(Number)),
      mhz: 5200,
    },
    topology: { cpus: 8, nodes: 1, sockets: 2, cores: 2, threads: 2 },
    memoryKiB: 33554432,
    pageSizesKiB: [4, 1024, 2097152],
    cells: [
      {
        id: 0,
        memoryKiB: 33554432,
        cpus,
        threads: cpus.map((id) => thread(id, socketId(id), coreOf(id), siblingsOf(id))),
        pages: [
          { sizeKiB: 4, count: 8388608 - 4096 * 256 },
          { sizeKiB: 1024, count: 4096 },
          { sizeKiB: 2097152, count: 0 },
        ],
        distances: [{ id: 0, value: 10 }],
      },
    ],
    firmware: {
      kind: 'none',
      manufacturer: 'IBM',
      product: '8561',
      version: '703 T01',
      serial: '00000000000A2D28',
      uuid: '5d1d0a6f-2a8b-4c6e-8e51-0d5d0c7b8a21',
    },
    presentCpus: cpus,
    onlineCpus: cpus,
    caches: [],
    sysinfo: {
      system: [
        ['manufacturer', 'IBM'],
        ['serial', '00000000000A2D28'],
        ['family', '8561'],
      ],
      processors: processors(cpus, {
        family: '8561',
        version: '00',
        maxSpeed: '5200',
        serial: () => '0A2D28',
      }),
    },
    virtualization: { modules: ['kvm'], nested: true, secure: ['s390-pv'], iommu: true },
    facts: [
      ['platform', 'logical partition (LPAR)'],
      ['machine', 'IBM 8561'],
      ['model', '703 T01'],
      ['partition', 'PAYROLL'],
      ['partition’s processors', 'Dedicated'],
      ['topology', '0 0 5 1 4 12'],
      ['threads per core', '2'],
      ['dispatching', 'vertical'],
      ['L1 data cache', '128 KiB'],
    ],
    warnings: [],
  },
  findings: [
    ['KVM', 'ok'],
    ['nested', 'ok'],
    ['protected guests', 'ok'],
  ],
}
