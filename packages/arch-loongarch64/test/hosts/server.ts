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

const nodeKiB = 64 * 1024 * 1024
const features = 'cpucfg lam ual fpu lsx lasx crc32 complex crypto lvz lbt_x86 lbt_arm lbt_mips'
const sizes = '48 bits physical, 48 bits virtual'

/** Two sockets of sixteen cores, each a node; one CPU was taken offline. */
const all: readonly DescribedCpu[] = range(32).map((id) => ({
  id,
  socket: Math.floor(id / 16),
  core: id % 16,
  node: Math.floor(id / 16),
  online: id !== 31,
}))
const online = all.filter((one) => one.online !== false)
const onNode = (node: number): readonly DescribedCpu[] => online.filter((one) => one.node === node)

export const ls3c5000: KnownHost = {
  name: 'Loongson 3C5000 server with two sockets',
  files: describedHost({
    ...describeLinux({
      cpus: all,
      nodes: [
        { id: 0, memoryKiB: nodeKiB, distances: [10, 20] },
        { id: 1, memoryKiB: nodeKiB, distances: [20, 10] },
      ],
      caches: range(2).map((id) => ({
        id,
        level: 3,
        type: 'Unified',
        sizeKiB: 32768,
        cpus: onNode(id).map((one) => one.id),
      })),
      hugePageSizesKiB,
    }),
    '/proc/cpuinfo': cpuinfo({
      places: online.map(({ id, socket, core }) => [id, socket, core]),
      lines: {
        'CPU Family': 'Loongson-64bit',
        'Model Name': 'Loongson-3C5000',
        'CPU Revision': '0x11',
        'FPU Revision': '0x00',
        'CPU MHz': '2200.00',
        BogoMIPS: '4400.00',
        'TLB Entries': '2112',
        'Address Sizes': sizes,
        ISA: 'loongarch32 loongarch64',
        Features: features,
        'Hardware Watchpoint': 'yes, iwatch count: 8, dwatch count: 8',
      },
    }),
    '/proc/self/auxv': auxv(16384),
    ...kvmDevice,
    ...dmi({
      bios_vendor: 'Loongson',
      bios_version: 'Loongson-UDK2018',
      sys_vendor: 'LOONGSON',
      product_name: 'Dabieshan',
      board_vendor: 'LOONGSON',
      board_name: 'Loongson-TC542F0',
    }),
  }),
  expected: {
    arch: 'loongarch64',
    cpu: {
      model: 'la464',
      vendor: 'Loongson',
      description: 'Loongson-3C5000',
      features: words(features),
      physicalAddressBits: 48,
      mhz: 2200,
    },
    topology: { cpus: 31, nodes: 2, sockets: 1, cores: 16, threads: 1 },
    memoryKiB: 2 * nodeKiB,
    pageSizesKiB,
    cells: [
      cell(0, onNode(0), { memoryKiB: nodeKiB, distances: [10, 20] }),
      cell(1, onNode(1), { memoryKiB: nodeKiB, distances: [20, 10] }),
    ],
    firmware: { kind: 'smbios', manufacturer: 'LOONGSON', product: 'Dabieshan' },
    presentCpus: range(32),
    onlineCpus: range(31),
    caches: [
      { id: 0, level: 3, type: 'both', sizeKiB: 32768, cpus: range(16) },
      { id: 1, level: 3, type: 'both', sizeKiB: 32768, cpus: range(15, 16) },
    ],
    sysinfo: {
      bios: [
        ['vendor', 'Loongson'],
        ['version', 'Loongson-UDK2018'],
      ],
      system: [
        ['manufacturer', 'LOONGSON'],
        ['product', 'Dabieshan'],
      ],
      baseBoards: [
        [
          ['manufacturer', 'LOONGSON'],
          ['product', 'Loongson-TC542F0'],
        ],
      ],
    },
    virtualization: { modules: ['kvm'], iommu: false },
    facts: [
      ['system type', 'generic-loongson-machine'],
      ['board', 'Loongson-TC542F0'],
      ['instruction set', 'loongarch32 loongarch64'],
      ['revision', '0x11'],
      ['address sizes', sizes],
      ['firmware', 'Loongson, Loongson-UDK2018'],
    ],
    warnings: [],
  },
  findings: [
    ['KVM', 'ok'],
    ['CPUs', 'note'],
  ],
}
