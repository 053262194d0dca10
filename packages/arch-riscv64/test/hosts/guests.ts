import { describedHost, describeLinux } from '@polyvirt/conformance'
import { cell, cpuinfo, cpusOf, hugePageSizesKiB, range, strings, tree } from './parts.ts'
import type { KnownHost } from '@polyvirt/conformance'

const memoryKiB = 503296
const isa = 'rv64imafdch_zicntr_zicsr_zifencei_zihintpause_zihpm_zca_zcd_zba_zbb_zbc_zbs_sstc'
const extensions = [
  ...'imafdch',
  'zicntr',
  'zicsr',
  'zifencei',
  'zihintpause',
  'zihpm',
  'zca',
  'zcd',
  'zba',
  'zbb',
  'zbc',
  'zbs',
  'sstc',
]

const linux = describeLinux({
  cpus: cpusOf(4),
  nodes: [{ id: 0, memoryKiB, distances: [10] }],
  hugePageSizesKiB,
})

const common = {
  arch: 'riscv64',
  topology: { cpus: 4, nodes: 1, sockets: 1, cores: 4, threads: 1 },
  memoryKiB,
  pageSizesKiB: [4, 2048, 1048576],
  cells: [cell(0, memoryKiB, range(4))],
  presentCpus: range(4),
  onlineCpus: range(4),
  caches: [],
  warnings: [],
} as const

/** As Debian's kernel shows QEMU 7.2's virt: its CPU has no maker, and its architecture is QEMU's version. */
export const emulated: KnownHost = {
  name: 'virt, emulated by QEMU 7.2',
  files: describedHost({
    ...linux,
    '/proc/cpuinfo': cpuinfo(range(4), {
      isa,
      mmu: 'sv57',
      mvendorid: '0x0',
      marchid: '0x70216',
      mimpid: '0x70216',
      'hart isa': isa,
    }),
    ...tree({
      compatible: strings('riscv-virtio'),
      model: strings('riscv-virtio,qemu'),
      'cpus/cpu@0/compatible': strings('riscv'),
    }),
  }),
  expected: {
    ...common,
    cpu: {
      features: extensions,
      registers: {
        mvendorid: 0,
        marchid: 0x70216,
        marchid_high: 0,
        mimpid: 0x70216,
        mimpid_high: 0,
      },
      mhz: 0,
    },
    firmware: { kind: 'device-tree', product: 'riscv-virtio,qemu' },
    sysinfo: { system: [['product', 'riscv-virtio,qemu']] },
    virtualization: { modules: [], guestOf: 'TCG', iommu: false },
    facts: [
      ['board', 'riscv-virtio'],
      ['instruction set', isa],
      ['address translation', 'sv57'],
      ['implementation', '0x70216'],
    ],
  },
  // It has the hypervisor extension: guests of a guest are KVM's.
  findings: [['KVM', 'problem']],
}

/** A guest of KVM that UEFI has started with ACPI: no device tree, but SMBIOS, and the host's maker. */
export const underKvm: KnownHost = {
  name: 'virt, guest of KVM, with ACPI',
  files: describedHost({
    ...linux,
    '/proc/cpuinfo': cpuinfo(range(4), {
      isa: 'rv64imafdc_zba_zbb',
      mmu: 'sv48',
      mvendorid: '0x489',
      marchid: '0x8000000000000008',
      mimpid: '0x6220425',
    }),
    '/sys/class/dmi/id/bios_vendor': 'EDK II\n',
    '/sys/class/dmi/id/bios_version': '2025.02-8\n',
    '/sys/class/dmi/id/bios_date': '07/23/2025\n',
    '/sys/class/dmi/id/sys_vendor': 'QEMU\n',
    '/sys/class/dmi/id/product_name': 'KVM Virtual Machine\n',
    '/sys/class/dmi/id/product_version': 'virt\n',
    '/sys/firmware/efi/fw_platform_size': '64\n',
  }),
  expected: {
    ...common,
    cpu: {
      model: 'sifive-p550',
      vendor: 'SiFive',
      features: [...'imafdc', 'zba', 'zbb'],
      registers: {
        mvendorid: 0x489,
        marchid: 8,
        marchid_high: 0x80000000,
        mimpid: 0x6220425,
        mimpid_high: 0,
      },
      mhz: 0,
    },
    firmware: {
      kind: 'smbios',
      manufacturer: 'QEMU',
      product: 'KVM Virtual Machine',
      version: 'virt',
    },
    sysinfo: {
      bios: [
        ['vendor', 'EDK II'],
        ['version', '2025.02-8'],
        ['date', '07/23/2025'],
      ],
      system: [
        ['manufacturer', 'QEMU'],
        ['product', 'KVM Virtual Machine'],
        ['version', 'virt'],
      ],
    },
    virtualization: { modules: [], guestOf: 'KVM', iommu: false },
    facts: [
      ['instruction set', 'rv64imafdc_zba_zbb'],
      ['address translation', 'sv48'],
      ['implementation', '0x6220425'],
      ['firmware', 'EDK II, 2025.02-8, 07/23/2025'],
      ['UEFI', 'yes'],
    ],
  },
  findings: [['KVM', 'note']],
}
