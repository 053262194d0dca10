import { describedHost, describeLinux } from '@polyvirt/conformance'
import type { DescribedCpu } from '@polyvirt/conformance'
import {
  auxv,
  cell,
  cpuinfo,
  dmi,
  hugePageSizesKiB,
  kvmDevice,
  pageSizesKiB,
  range,
  words,
} from './parts.ts'
import type { KnownHost } from '@polyvirt/conformance'

const memoryKiB = 16 * 1024 * 1024

const sizes = '48 bits physical, 48 bits virtual'

const la464Features = 'cpucfg lam ual fpu lsx lasx crc32 lvz lbt_x86 lbt_arm lbt_mips'

const quad: readonly DescribedCpu[] = range(4).map((id) => ({ id, socket: 0, core: id, node: 0 }))

/** A vendor's kernel of early days, which writes some names in lower case and has no KVM. */
export const ls3a5000: KnownHost = {
  name: 'Loongson 3A5000 desktop',
  files: describedHost({
    ...describeLinux({
      cpus: quad,
      nodes: [{ id: 0, memoryKiB, distances: [10] }],
      hugePageSizesKiB,
    }),
    '/proc/cpuinfo': cpuinfo({
      places: range(4).map((id) => [id, 0, id]),
      lines: {
        'cpu family': 'Loongson-64bit',
        'model name': 'Loongson-3A5000-HV',
        'CPU Revision': '0x11',
        'FPU Revision': '0x00',
        'CPU MHz': '2500.00',
        BogoMIPS: '5000.00',
        'TLB entries': '2112',
        'Address sizes': sizes,
        isa: 'loongarch32 loongarch64',
        features: la464Features,
        'hardware watchpoint': 'yes, iwatch count: 8, dwatch count: 8',
      },
    }),
    '/proc/self/auxv': auxv(16384),
    ...dmi({
      bios_vendor: 'Loongson',
      bios_version: 'Loongson-UDK2018-V2.0.05269-beta8',
      sys_vendor: 'Loongson',
      product_name: 'Loongson-3A5000-HV-7A2000-1w-V0.1-EVB',
      board_vendor: 'Loongson',
      board_name: 'Loongson-LS3A5000-7A2000-1w-EVB-V1.21',
    }),
  }),
  expected: {
    arch: 'loongarch64',
    cpu: {
      model: 'la464',
      vendor: 'Loongson',
      description: 'Loongson-3A5000-HV',
      features: words(la464Features),
      physicalAddressBits: 48,
      mhz: 2500,
    },
    topology: { cpus: 4, nodes: 1, sockets: 1, cores: 4, threads: 1 },
    memoryKiB,
    pageSizesKiB,
    cells: [cell(0, quad, { memoryKiB, distances: [10] })],
    firmware: {
      kind: 'smbios',
      manufacturer: 'Loongson',
      product: 'Loongson-3A5000-HV-7A2000-1w-V0.1-EVB',
    },
    presentCpus: range(4),
    onlineCpus: range(4),
    caches: [],
    sysinfo: {
      bios: [
        ['vendor', 'Loongson'],
        ['version', 'Loongson-UDK2018-V2.0.05269-beta8'],
      ],
      system: [
        ['manufacturer', 'Loongson'],
        ['product', 'Loongson-3A5000-HV-7A2000-1w-V0.1-EVB'],
      ],
      baseBoards: [
        [
          ['manufacturer', 'Loongson'],
          ['product', 'Loongson-LS3A5000-7A2000-1w-EVB-V1.21'],
        ],
      ],
    },
    virtualization: { modules: [], iommu: false },
    facts: [
      ['system type', 'generic-loongson-machine'],
      ['board', 'Loongson-LS3A5000-7A2000-1w-EVB-V1.21'],
      ['instruction set', 'loongarch32 loongarch64'],
      ['revision', '0x11'],
      ['address sizes', sizes],
      ['firmware', 'Loongson, Loongson-UDK2018-V2.0.05269-beta8'],
    ],
    warnings: [],
  },
  findings: [['KVM', 'problem']],
}

const la664Features =
  'cpucfg lam ual fpu lsx lasx crc32 complex crypto lspw lvz lbt_x86 lbt_arm lbt_mips'

/** Two threads a core, numbered side by side. */
const smt: readonly DescribedCpu[] = range(8).map((id) => ({
  id,
  socket: 0,
  core: Math.floor(id / 2),
  siblings: [id - (id % 2), id - (id % 2) + 1],
  node: 0,
}))

/** A kernel that prints the processor's identity, with KVM at work. */
export const ls3a6000: KnownHost = {
  name: 'Loongson 3A6000 desktop with two threads a core',
  files: describedHost({
    ...describeLinux({
      cpus: smt,
      nodes: [{ id: 0, memoryKiB, distances: [10] }],
      caches: [{ id: 0, level: 3, type: 'Unified', sizeKiB: 16384, cpus: range(8) }],
      hugePageSizesKiB,
    }),
    '/proc/cpuinfo': cpuinfo({
      places: range(8).map((id) => [id, 0, Math.floor(id / 2)]),
      lines: {
        'CPU Family': 'Loongson-64bit',
        'Model Name': 'Loongson-3A6000',
        PRID: 'LA664 (0014d000)',
        'CPU Revision': '0x00',
        'FPU Revision': '0x00',
        'CPU MHz': '2500.00',
        BogoMIPS: '5000.00',
        'TLB Entries': '2112',
        'Address Sizes': sizes,
        ISA: 'loongarch32r loongarch32s loongarch64',
        Features: la664Features,
        'Hardware Watchpoint': 'yes, iwatch count: 8, dwatch count: 4',
      },
    }),
    '/proc/self/auxv': auxv(16384),
    ...kvmDevice,
    ...dmi({
      bios_vendor: 'Loongson',
      bios_version: 'Loongson-UDK2018-V4.0.05494-stable202305',
      bios_date: '07/10/23 18:05:47',
      sys_vendor: 'Loongson',
      product_name: 'Loongson-3A6000-HV-7A2000-XA61200',
    }),
    '/sys/kernel/iommu_groups/0/type': 'DMA\n',
  }),
  expected: {
    arch: 'loongarch64',
    cpu: {
      model: 'la664',
      vendor: 'Loongson',
      description: 'Loongson-3A6000',
      features: words(la664Features),
      registers: { prid: 0x14d000 },
      physicalAddressBits: 48,
      mhz: 2500,
    },
    topology: { cpus: 8, nodes: 1, sockets: 1, cores: 4, threads: 2 },
    memoryKiB,
    pageSizesKiB,
    cells: [cell(0, smt, { memoryKiB, distances: [10] })],
    firmware: {
      kind: 'smbios',
      manufacturer: 'Loongson',
      product: 'Loongson-3A6000-HV-7A2000-XA61200',
    },
    presentCpus: range(8),
    onlineCpus: range(8),
    caches: [{ id: 0, level: 3, type: 'both', sizeKiB: 16384, cpus: range(8) }],
    sysinfo: {
      bios: [
        ['vendor', 'Loongson'],
        ['version', 'Loongson-UDK2018-V4.0.05494-stable202305'],
        ['date', '07/10/23 18:05:47'],
      ],
      system: [
        ['manufacturer', 'Loongson'],
        ['product', 'Loongson-3A6000-HV-7A2000-XA61200'],
      ],
    },
    virtualization: { modules: ['kvm'], iommu: true },
    facts: [
      ['system type', 'generic-loongson-machine'],
      ['instruction set', 'loongarch32r loongarch32s loongarch64'],
      ['revision', '0x00'],
      ['address sizes', sizes],
      ['firmware', 'Loongson, Loongson-UDK2018-V4.0.05494-stable202305, 07/10/23 18:05:47'],
    ],
    warnings: [],
  },
  findings: [['KVM', 'ok']],
}
