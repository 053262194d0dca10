import { describedHost, describeLinux } from '@polyvirt/conformance'
import type { DescribedCpu } from '@polyvirt/conformance'
import { books, cpuinfo, onlyNode, processors, range, sysinfo, thread } from './parts.ts'
import type { KnownHost } from '@polyvirt/conformance'

/** Kernels of that time know neither the socket of a processor nor, in guests, its core. */
const unknownSocket = -1

function summary(count: number): Readonly<Record<string, string>> {
  return {
    vendor_id: 'IBM/S390',
    '# processors': String(count),
    'bogomips per cpu': '14367.00',
    features: 'esan3 zarch stfle msa ldisp eimm dfp etf3eh highgprs ',
  }
}

const machine = { model: 'z196', vendor: 'IBM', description: 'IBM zEnterprise 196' } as const

const present = range(8)
const online = [1, 2, 3, 5]
const coreOf = (id: number): number => (id < 4 ? 1 : 2)
const partition: readonly DescribedCpu[] = present.map((id) => ({
  id,
  socket: unknownSocket,
  core: coreOf(id),
  online: online.includes(id),
}))

/** Processors that are not in use, in books (util-linux, tests/ts/lscpu/dumps/s390-lpar). */
export const z196Lpar: KnownHost = {
  name: 'z196, logical partition with books',
  files: describedHost({
    ...describeLinux({ cpus: partition, nodes: [] }),
    ...onlyNode(4194304),
    ...books(partition, () => ({ book: 4 })),
    '/proc/cpuinfo': cpuinfo({
      summary: summary(4),
      cpus: online,
      version: '00',
      identification: () => '279F25',
      machine: '2817',
    }),
    '/proc/sysinfo': sysinfo({
      Manufacturer: 'IBM',
      Type: '2817',
      Model: '721              M49',
      'Sequence Code': '0000000000089F25',
      'CPU Topology SW': ' 0 0 0 4 6 4',
      'LPAR Number': '3',
      'LPAR Name': 'H05LP30 ',
    }),
    '/sys/devices/system/cpu/dispatching': '1\n',
  }),
  expected: {
    arch: 's390x',
    cpu: { ...machine, features: [], registers: { machine: 0x2817 }, mhz: 0 },
    topology: { cpus: 4, nodes: 1, sockets: 1, cores: 8, threads: 1 },
    memoryKiB: 4194304,
    pageSizesKiB: [4],
    cells: [
      {
        id: 0,
        memoryKiB: 4194304,
        cpus: online,
        threads: online.map((id) => thread(id, 0, coreOf(id))),
        pages: [{ sizeKiB: 4, count: 1048576 }],
      },
    ],
    firmware: {
      kind: 'none',
      manufacturer: 'IBM',
      product: '2817',
      version: '721 M49',
      serial: '0000000000089F25',
    },
    presentCpus: present,
    onlineCpus: online,
    caches: [],
    sysinfo: {
      system: [
        ['manufacturer', 'IBM'],
        ['serial', '0000000000089F25'],
        ['family', '2817'],
      ],
      processors: processors(online, { family: '2817', version: '00', serial: () => '279F25' }),
    },
    virtualization: { modules: [], iommu: false },
    facts: [
      ['platform', 'logical partition (LPAR)'],
      ['machine', 'IBM 2817'],
      ['model', '721 M49'],
      ['partition', 'H05LP30'],
      ['topology', '0 0 0 4 6 4'],
      ['dispatching', 'vertical'],
    ],
    warnings: [],
  },
  findings: [
    ['KVM', 'note'],
    ['CPUs', 'note'],
  ],
}

const cpus = range(4)
const guest: readonly DescribedCpu[] = cpus.map((id) => ({ id, socket: unknownSocket, core: 0 }))
const serial = (id: number): string => `${Math.min(id, 2)}00123`

/** A guest of z/VM, whose processors have serial numbers of their own (s390-zvm, as above). */
export const zvmGuest: KnownHost = {
  name: 'z196, guest of z/VM',
  files: describedHost({
    ...describeLinux({ cpus: guest, nodes: [] }),
    ...onlyNode(1024000),
    ...books(guest, () => ({ book: 0 })),
    '/proc/cpuinfo': cpuinfo({
      summary: summary(4),
      cpus,
      version: 'FF',
      identification: serial,
      machine: '2817',
    }),
    '/proc/sysinfo': sysinfo({
      Manufacturer: 'IBM',
      Type: '2817',
      Model: '703              M32',
      'Sequence Code': '00000000000EAA14',
      'LPAR Number': '47',
      'LPAR Characteristics': 'Shared ',
      'LPAR Name': 'R17LP45 ',
      'VM00 Name': 'R1745003',
      'VM00 Control Program': 'z/VM    6.1.0',
    }),
  }),
  expected: {
    arch: 's390x',
    cpu: { ...machine, features: [], registers: { machine: 0x2817 }, mhz: 0 },
    topology: { cpus: 4, nodes: 1, sockets: 1, cores: 4, threads: 1 },
    memoryKiB: 1024000,
    pageSizesKiB: [4],
    cells: [
      {
        id: 0,
        memoryKiB: 1024000,
        cpus,
        threads: cpus.map((id) => thread(id, 0, 0)),
        pages: [{ sizeKiB: 4, count: 256000 }],
      },
    ],
    firmware: {
      kind: 'none',
      manufacturer: 'IBM',
      product: '2817',
      version: '703 M32',
      serial: '00000000000EAA14',
    },
    presentCpus: cpus,
    onlineCpus: cpus,
    caches: [],
    sysinfo: {
      system: [
        ['manufacturer', 'IBM'],
        ['serial', '00000000000EAA14'],
        ['family', '2817'],
      ],
      processors: processors(cpus, { family: '2817', version: 'FF', serial }),
    },
    virtualization: { modules: [], guestOf: 'z/VM', iommu: false },
    facts: [
      ['platform', 'guest of z/VM 6.1.0'],
      ['machine', 'IBM 2817'],
      ['model', '703 M32'],
      ['partition', 'R17LP45'],
      ['partition’s processors', 'Shared'],
      ['virtual machine', 'R1745003'],
    ],
    warnings: [],
  },
  findings: [['KVM', 'note']],
}
