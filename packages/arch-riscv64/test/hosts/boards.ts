import { describedHost, describeLinux } from '@polyvirt/conformance'
import { cell, cpuinfo, cpusOf, hugePageSizesKiB, range, strings, tree } from './parts.ts'
import type { KnownHost } from '@polyvirt/conformance'

const unmatchedMemoryKiB = 16 * 1024 * 1024

/** An early kernel: no registers, and the core by the name of its first tree. */
export const unmatched: KnownHost = {
  name: 'SiFive HiFive Unmatched',
  files: describedHost({
    ...describeLinux({
      cpus: cpusOf(4),
      nodes: [{ id: 0, memoryKiB: unmatchedMemoryKiB, distances: [10] }],
      hugePageSizesKiB,
    }),
    '/proc/cpuinfo': cpuinfo([2, 1, 3, 4], {
      isa: 'rv64imafdc',
      mmu: 'sv39',
      uarch: 'sifive,bullet0',
    }),
    ...tree({
      compatible: strings('sifive,hifive-unmatched-a00', 'sifive,fu740-c000', 'sifive,fu740'),
      model: strings('SiFive HiFive Unmatched A00'),
      'serial-number': strings('SF105SZ212400123'),
      'cpus/cpu@0/compatible': strings('sifive,bullet0', 'riscv'),
    }),
  }),
  expected: {
    arch: 'riscv64',
    cpu: {
      model: 'sifive-u74',
      vendor: 'SiFive',
      description: 'sifive,bullet0',
      features: ['i', 'm', 'a', 'f', 'd', 'c'],
      mhz: 0,
    },
    topology: { cpus: 4, nodes: 1, sockets: 1, cores: 4, threads: 1 },
    memoryKiB: unmatchedMemoryKiB,
    pageSizesKiB: [4, 2048, 1048576],
    cells: [cell(0, unmatchedMemoryKiB, range(4))],
    firmware: {
      kind: 'device-tree',
      manufacturer: 'sifive',
      product: 'SiFive HiFive Unmatched A00',
      serial: 'SF105SZ212400123',
    },
    presentCpus: range(4),
    onlineCpus: range(4),
    caches: [],
    sysinfo: {
      system: [
        ['manufacturer', 'sifive'],
        ['product', 'SiFive HiFive Unmatched A00'],
        ['serial', 'SF105SZ212400123'],
      ],
    },
    virtualization: { modules: [], iommu: false },
    facts: [
      ['board', 'sifive,hifive-unmatched-a00'],
      ['instruction set', 'rv64imafdc'],
      ['address translation', 'sv39'],
    ],
    warnings: [],
  },
  findings: [['KVM', 'note']],
}

const visionMemoryKiB = 8 * 1024 * 1024
const visionIsa = 'rv64imafdc_zicntr_zicsr_zifencei_zihpm_zca_zcd_zba_zbb'

/** Harts 1 to 4: number 0 is a smaller core, on which Linux does not run. */
export const visionFive2: KnownHost = {
  name: 'StarFive VisionFive 2',
  files: describedHost({
    ...describeLinux({
      cpus: cpusOf(4),
      nodes: [{ id: 0, memoryKiB: visionMemoryKiB, distances: [10] }],
      hugePageSizesKiB,
    }),
    '/proc/cpuinfo': cpuinfo([1, 2, 3, 4], {
      isa: visionIsa,
      mmu: 'sv39',
      uarch: 'sifive,u74-mc',
      mvendorid: '0x489',
      marchid: '0x8000000000000007',
      mimpid: '0x4210427',
      'hart isa': visionIsa,
    }),
    ...tree({
      compatible: strings('starfive,visionfive-2-v1.3b', 'starfive,jh7110'),
      model: strings('StarFive VisionFive 2 v1.3B'),
      'serial-number': strings('VF7110B1-2253-D008E000-00000001'),
      'cpus/cpu@0/compatible': strings('sifive,s7', 'riscv'),
      'cpus/cpu@1/compatible': strings('sifive,u74-mc', 'riscv'),
    }),
    '/sys/firmware/efi/fw_platform_size': '64\n',
  }),
  expected: {
    arch: 'riscv64',
    cpu: {
      model: 'sifive-u74',
      vendor: 'SiFive',
      description: 'sifive,u74-mc',
      features: [...'imafdc', 'zicntr', 'zicsr', 'zifencei', 'zihpm', 'zca', 'zcd', 'zba', 'zbb'],
      registers: {
        mvendorid: 0x489,
        marchid: 7,
        marchid_high: 0x80000000,
        mimpid: 0x4210427,
        mimpid_high: 0,
      },
      mhz: 0,
    },
    topology: { cpus: 4, nodes: 1, sockets: 1, cores: 4, threads: 1 },
    memoryKiB: visionMemoryKiB,
    pageSizesKiB: [4, 2048, 1048576],
    cells: [cell(0, visionMemoryKiB, range(4))],
    firmware: {
      kind: 'device-tree',
      manufacturer: 'starfive',
      product: 'StarFive VisionFive 2 v1.3B',
      serial: 'VF7110B1-2253-D008E000-00000001',
    },
    presentCpus: range(4),
    onlineCpus: range(4),
    caches: [],
    sysinfo: {
      system: [
        ['manufacturer', 'starfive'],
        ['product', 'StarFive VisionFive 2 v1.3B'],
        ['serial', 'VF7110B1-2253-D008E000-00000001'],
      ],
    },
    virtualization: { modules: [], iommu: false },
    facts: [
      ['board', 'starfive,visionfive-2-v1.3b'],
      ['instruction set', visionIsa],
      ['address translation', 'sv39'],
      ['implementation', '0x4210427'],
      ['UEFI', 'yes'],
    ],
    warnings: [],
  },
  findings: [['KVM', 'note']],
}

const premierMemoryKiB = 16 * 1024 * 1024

/** The first board to be had whose cores have the hypervisor extension. */
export const premier: KnownHost = {
  name: 'SiFive HiFive Premier P550, with KVM',
  files: describedHost({
    ...describeLinux({
      cpus: cpusOf(4),
      nodes: [{ id: 0, memoryKiB: premierMemoryKiB, distances: [10] }],
      hugePageSizesKiB,
    }),
    '/proc/cpuinfo': cpuinfo(range(4), {
      isa: 'rv64imafdch_zicsr_zifencei_zba_zbb_sscofpmf',
      mmu: 'sv48',
      mvendorid: '0x489',
      marchid: '0x8000000000000008',
      mimpid: '0x6220425',
    }),
    ...tree({
      compatible: strings('sifive,hifive-premier-p550', 'eswin,eic7700'),
      model: strings('ESWIN EIC7700'),
      'cpus/cpu@0/compatible': strings('riscv'),
    }),
    '/sys/devices/virtual/misc/kvm/dev': '10:232\n',
    '/sys/kernel/iommu_groups/0/type': 'DMA\n',
  }),
  expected: {
    arch: 'riscv64',
    cpu: {
      model: 'sifive-p550',
      vendor: 'SiFive',
      features: [...'imafdch', 'zicsr', 'zifencei', 'zba', 'zbb', 'sscofpmf'],
      registers: {
        mvendorid: 0x489,
        marchid: 8,
        marchid_high: 0x80000000,
        mimpid: 0x6220425,
        mimpid_high: 0,
      },
      mhz: 0,
    },
    topology: { cpus: 4, nodes: 1, sockets: 1, cores: 4, threads: 1 },
    memoryKiB: premierMemoryKiB,
    pageSizesKiB: [4, 2048, 1048576],
    cells: [cell(0, premierMemoryKiB, range(4))],
    firmware: { kind: 'device-tree', manufacturer: 'sifive', product: 'ESWIN EIC7700' },
    presentCpus: range(4),
    onlineCpus: range(4),
    caches: [],
    sysinfo: {
      system: [
        ['manufacturer', 'sifive'],
        ['product', 'ESWIN EIC7700'],
      ],
    },
    virtualization: { modules: ['kvm'], iommu: true },
    facts: [
      ['board', 'sifive,hifive-premier-p550'],
      ['instruction set', 'rv64imafdch_zicsr_zifencei_zba_zbb_sscofpmf'],
      ['address translation', 'sv48'],
      ['implementation', '0x6220425'],
    ],
    warnings: [],
  },
  findings: [['KVM', 'ok']],
}
