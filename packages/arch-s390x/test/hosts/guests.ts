import { describedHost, describeLinux } from '@polyvirt/conformance'
import { facilities } from '../../src/facilities.ts'
import { toRegisters } from '../../src/registers.ts'
import { books, cpuinfo, onlyNode, processors, range, sysinfo, thread } from './parts.ts'
import type { KnownHost } from '@polyvirt/conformance'

interface GuestParts {
  readonly name: string
  readonly cpus: number
  readonly memoryKiB: number
  readonly machine: { readonly type: number; readonly model: string; readonly description: string }
  readonly version: string
  readonly identification: (cpu: number) => string
  readonly features: string
  readonly facilities: string
  readonly mhz?: number
  readonly sysinfo: Readonly<Record<string, string>>
  readonly guestOf: 'KVM' | 'TCG'
  readonly platform: string
}

/** Without a facility that tells the topology, each processor is in a drawer of its own. */
function guest(parts: GuestParts): KnownHost {
  const cpus = range(parts.cpus)
  const described = cpus.map((id) => ({ id, core: id, socket: id }))
  const type = parts.machine.type.toString(16)
  const bits = parts.facilities.split(' ').map(Number)
  const { sysinfo: told, mhz } = parts
  return {
    name: parts.name,
    files: describedHost({
      ...describeLinux({ cpus: described, nodes: [] }),
      ...onlyNode(parts.memoryKiB),
      ...books(described, (id) => ({ book: id, drawer: id })),
      '/proc/cpuinfo': cpuinfo({
        summary: {
          vendor_id: 'IBM/S390',
          '# processors': String(parts.cpus),
          'max thread id': '0',
          features: parts.features,
          facilities: parts.facilities,
        },
        cpus,
        version: parts.version,
        identification: parts.identification,
        machine: type,
        ...(mhz !== undefined && { mhz: { dynamic: mhz, static: mhz } }),
      }),
      '/proc/sysinfo': sysinfo(told),
      '/sys/devices/system/cpu/dispatching': '0\n',
    }),
    expected: {
      arch: 's390x',
      cpu: {
        model: parts.machine.model,
        vendor: 'IBM',
        description: parts.machine.description,
        features: bits.flatMap((bit) => facilities.get(bit) ?? []),
        registers: toRegisters(parts.machine.type, bits),
        mhz: mhz ?? 0,
      },
      topology: { cpus: parts.cpus, nodes: 1, sockets: parts.cpus, cores: 1, threads: 1 },
      memoryKiB: parts.memoryKiB,
      pageSizesKiB: [4],
      cells: [
        {
          id: 0,
          memoryKiB: parts.memoryKiB,
          cpus,
          threads: cpus.map((id) => thread(id, id)),
          pages: [{ sizeKiB: 4, count: parts.memoryKiB / 4 }],
        },
      ],
      firmware: {
        kind: 'none',
        manufacturer: told['Manufacturer'] ?? '',
        product: told['Type'] ?? '',
        version: (told['Model'] ?? '').replace(/ +/, ' '),
        serial: told['Sequence Code'] ?? '',
        uuid: told['VM00 UUID'] ?? '',
      },
      presentCpus: cpus,
      onlineCpus: cpus,
      caches: [],
      sysinfo: {
        system: [
          ['manufacturer', told['Manufacturer'] ?? ''],
          ['serial', told['Sequence Code'] ?? ''],
          ['family', told['Type'] ?? ''],
        ],
        processors: processors(cpus, {
          family: type,
          version: parts.version,
          ...(mhz !== undefined && { maxSpeed: String(mhz) }),
          serial: parts.identification,
        }),
      },
      virtualization: { modules: [], guestOf: parts.guestOf, iommu: false },
      facts: [
        ['platform', parts.platform],
        ['machine', `${told['Manufacturer'] ?? ''} ${told['Type'] ?? ''}`],
        ['model', (told['Model'] ?? '').replace(/ +/, ' ')],
        ['partition', told['LPAR Name'] ?? ''],
        ['partition’s processors', told['LPAR Characteristics'] ?? ''],
        ['virtual machine', told['VM00 Extended Name'] ?? ''],
        ['threads per core', '1'],
        ['dispatching', 'horizontal'],
      ],
      warnings: [],
    },
    findings: [['KVM', 'note']],
  }
}

/** RHEL 8 in KVM, which is itself in z/VM (util-linux, tests/ts/lscpu/dumps/s390-nested-virt). */
export const kvmGuest: KnownHost = guest({
  name: 'z13, guest of KVM in z/VM',
  cpus: 2,
  memoryKiB: 2048000,
  machine: { type: 0x2964, model: 'z13', description: 'IBM z13' },
  version: 'FF',
  identification: () => '1633E8',
  features: 'esan3 zarch stfle msa ldisp eimm dfp edat etf3eh highgprs te vx ',
  facilities:
    '0 1 2 3 4 6 7 8 9 10 12 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 30 31 32 33 34 35 36 37 40 41 42 43 44 45 47 48 49 50 51 52 53 57 69 71 73 74 75 76 77 80 81 82 129 138',
  mhz: 5000,
  sysinfo: {
    Manufacturer: 'IBM',
    Type: '2964',
    Model: '400              N63',
    'Sequence Code': '00000000000033E8',
    'LPAR Number': '22',
    'LPAR Characteristics': 'Shared Limited',
    'LPAR Name': 'L16',
    'VM00 Name': 'rhel8-1',
    'VM00 Control Program': 'KVM/Linux',
    'VM00 Extended Name': 'rhel8-1',
    'VM00 UUID': '209c8e3b-7191-4338-97a2-67685e5232be',
    'VM01 Name': 'OSHIFT5',
    'VM01 Control Program': 'z/VM    6.4.0',
  },
  guestOf: 'KVM',
  platform: 'guest of KVM, on z/VM 6.4.0',
})

/** Debian 12 in QEMU 7.2 on a PC: the processor `qemu`, which says that it is a z15 of QEMU's. */
export const tcgGuest: KnownHost = guest({
  name: 'emulated guest of QEMU 7.2',
  cpus: 3,
  memoryKiB: 498396,
  machine: { type: 0x8561, model: 'gen15a', description: 'IBM z15 T01' },
  version: '00',
  identification: (cpu) => `${cpu}00000`,
  features: 'esan3 zarch stfle msa ldisp eimm etf3eh highgprs vx vxe vxe2 ',
  facilities:
    '0 1 2 3 4 7 9 16 17 18 19 21 22 24 25 27 30 31 32 33 34 35 37 40 41 45 49 51 52 53 57 58 61 69 71 72 75 76 77 129 130 131 135 138 146 148',
  sysinfo: {
    Manufacturer: 'QEMU',
    Type: '8561',
    Model: 'QEMU',
    'Sequence Code': 'QEMU',
    'LPAR Number': '0',
    'LPAR Characteristics': 'Dedicated',
    'LPAR Name': 'QEMU',
    'VM00 Name': 'conforma',
    'VM00 Control Program': 'KVM/Linux',
    'VM00 Extended Name': 'conformance',
    'VM00 UUID': 'c0f0c0f0-0000-4000-8000-000000000001',
  },
  guestOf: 'TCG',
  platform: 'emulated by QEMU',
})
