import { describedHost, describeLinux } from '@polyvirt/conformance'
import type { DescribedCpu } from '@polyvirt/conformance'
import { auxv, cell, cpuinfo, dmi, hugePageSizesKiB, pageSizesKiB, range, words } from './parts.ts'
import type { KnownHost } from '@polyvirt/conformance'

const memoryKiB = 912848
const features = 'cpucfg lam ual fpu lsx lasx crc32 lspw'
const sizes = '48 bits physical, 48 bits virtual'

const cpus: readonly DescribedCpu[] = range(2).map((id) => ({ id, socket: 0, core: id, node: 0 }))

const linux = describeLinux({
  cpus,
  nodes: [{ id: 0, memoryKiB, distances: [10] }],
  hugePageSizesKiB,
})

const cpuinfoText = cpuinfo({
  places: range(2).map((id) => [id, 0, id]),
  lines: {
    'CPU Family': 'Loongson-64bit',
    'Model Name': 'Loongson-3A5000',
    PRID: 'LA464 (0014c010)',
    'CPU Revision': '0x10',
    'FPU Revision': '0x01',
    'CPU MHz': '2000.00',
    BogoMIPS: '4000.00',
    'TLB Entries': '2112',
    'Address Sizes': sizes,
    ISA: 'loongarch32r loongarch32s loongarch64',
    Features: features,
    'Hardware Watchpoint': 'no',
  },
})

const common = {
  arch: 'loongarch64',
  cpu: {
    model: 'la464',
    vendor: 'Loongson',
    description: 'Loongson-3A5000',
    features: words(features),
    registers: { prid: 0x14c010 },
    physicalAddressBits: 48,
    mhz: 2000,
  },
  topology: { cpus: 2, nodes: 1, sockets: 1, cores: 2, threads: 1 },
  memoryKiB,
  pageSizesKiB,
  cells: [cell(0, cpus, { memoryKiB, distances: [10] })],
  presentCpus: range(2),
  onlineCpus: range(2),
  caches: [],
  virtualization: { modules: [], guestOf: 'QEMU', iommu: false },
  warnings: [],
} as const

/** As Debian's Linux 7.2 shows QEMU 10.0's virt, started by UEFI with ACPI. */
export const uefiGuest: KnownHost = {
  name: 'virt, emulated by QEMU 10.0, with UEFI',
  files: describedHost({
    ...linux,
    '/proc/cpuinfo': cpuinfoText,
    '/proc/self/auxv': auxv(16384),
    ...dmi({
      bios_vendor: 'Debian distribution of EDK II',
      bios_version: '2025.02-8+deb13u1',
      bios_date: '11/08/2025',
      bios_release: '0.0',
      sys_vendor: 'QEMU',
      product_name: 'QEMU Virtual Machine',
      product_version: 'virt',
    }),
  }),
  expected: {
    ...common,
    firmware: {
      kind: 'smbios',
      manufacturer: 'QEMU',
      product: 'QEMU Virtual Machine',
      version: 'virt',
    },
    sysinfo: {
      bios: [
        ['vendor', 'Debian distribution of EDK II'],
        ['version', '2025.02-8+deb13u1'],
        ['date', '11/08/2025'],
        ['release', '0.0'],
      ],
      system: [
        ['manufacturer', 'QEMU'],
        ['product', 'QEMU Virtual Machine'],
        ['version', 'virt'],
      ],
    },
    facts: [
      ['system type', 'generic-loongson-machine'],
      ['instruction set', 'loongarch32r loongarch32s loongarch64'],
      ['revision', '0x10'],
      ['address sizes', sizes],
      ['firmware', 'Debian distribution of EDK II, 2025.02-8+deb13u1, 11/08/2025'],
    ],
  },
  findings: [['KVM', 'note']],
}

/** The same with a kernel that is booted directly: there is a device tree, and no SMBIOS. */
export const treeGuest: KnownHost = {
  name: 'virt, emulated by QEMU 10.0, without firmware',
  files: describedHost({
    ...linux,
    '/proc/cpuinfo': cpuinfoText,
    '/proc/self/auxv': auxv(16384),
    '/proc/device-tree/compatible': 'linux,dummy-loongson3\0',
  }),
  expected: {
    ...common,
    firmware: {
      kind: 'device-tree',
      manufacturer: 'linux',
      product: 'linux,dummy-loongson3',
    },
    sysinfo: {
      system: [
        ['manufacturer', 'linux'],
        ['product', 'linux,dummy-loongson3'],
      ],
    },
    facts: [
      ['system type', 'generic-loongson-machine'],
      ['instruction set', 'loongarch32r loongarch32s loongarch64'],
      ['revision', '0x10'],
      ['address sizes', sizes],
    ],
  },
  findings: [['KVM', 'note']],
}
