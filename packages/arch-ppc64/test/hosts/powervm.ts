import { describedHost, describeLinux } from '@polyvirt/conformance'
import type { HostInfo } from '@polyvirt/core/arch'
import { auxv, cells, cpuinfo, cpusOf, processors, range, strings, thread, tree } from './parts.ts'
import type { KnownHost } from '@polyvirt/conformance'

interface Partition {
  readonly name: string
  readonly model: 'POWER9' | 'POWER10'
  readonly pvr: number
  readonly logical: number
  readonly mode: string
  readonly version: string
  readonly clock: number
  readonly machine: string
  readonly firmware: string
  readonly mmu: string
  readonly kvm: boolean
  readonly hugePagesKiB: number
  /** Lines of lparcfg about processors, and how they are told. */
  readonly share: readonly string[]
  readonly told: string
  readonly findings: KnownHost['findings']
}

/** As Linux 6.12 writes it; what is counted while it runs is left out. */
function lparcfgOf(machine: string, share: readonly string[]): string {
  const lines = [
    'lparcfg 1.9',
    'serial_number=IBM,0278ABCDE',
    `system_type=IBM,${machine}`,
    'partition_id=7',
    'partition_name=lpar7',
    'BoundThrds=1',
    'CapInc=1',
    'DisWheRotPer=5120000',
    'MinEntCap=10',
    'MinEntCapPerVP=5',
    'MinMem=4096',
    'MinProcs=1',
    'partition_max_entitled_capacity=400',
    'system_potential_processors=20',
    ...share,
    'entitled_memory=17179869184',
    'partition_active_processors=1',
    'partition_potential_processors=4',
  ]
  return lines.map((line) => `${line}\n`).join('')
}

const sharedUncapped = [
  'partition_entitled_capacity=50',
  'group=32775',
  'system_active_processors=20',
  'pool=0',
  'pool_capacity=2000',
  'pool_idle_time=0',
  'pool_num_procs=0',
  'unallocated_capacity_weight=0',
  'capacity_weight=128',
  'capped=0',
  'unallocated_capacity=0',
  'shared_processor_mode=1',
]

const dedicated = [
  'partition_entitled_capacity=100',
  'group=32775',
  'system_active_processors=20',
  'unallocated_capacity_weight=0',
  'capacity_weight=0',
  'capped=1',
  'unallocated_capacity=0',
  'shared_processor_mode=0',
]

/** One core of eight threads: what a partition sees of the chips is what PowerVM tells it. */
function partition(parts: Partition): KnownHost {
  const { model, machine } = parts
  const numbers = range(8)
  const type = `${parts.mode.toUpperCase()} (architected), altivec supported`
  const modules = parts.kvm ? { '/sys/module/kvm_hv/parameters/nested': 'Y\n' } : {}
  const virtualization: NonNullable<HostInfo['virtualization']> = {
    modules: parts.kvm ? ['kvm_hv'] : [],
    ...(parts.kvm && { nested: true }),
    guestOf: 'PowerVM',
    iommu: false,
  }
  return {
    name: parts.name,
    files: describedHost({
      ...describeLinux({
        cpus: cpusOf({
          cores: 1,
          threads: 8,
          online: () => true,
          place: () => ({ node: 2, socket: 2 }),
        }),
        nodes: [{ id: 2, memoryKiB: 16777216, distances: [10] }],
        hugePageSizesKiB: [parts.hugePagesKiB],
      }),
      '/proc/cpuinfo': cpuinfo({
        numbers,
        cpu: type,
        clock: `${parts.clock}.000000MHz`,
        revision: parts.version,
        summary: {
          timebase: '512000000',
          platform: 'pSeries',
          model: `IBM,${machine}`,
          machine: `CHRP IBM,${machine}`,
          MMU: parts.mmu,
        },
      }),
      ...tree({
        compatible: strings(`IBM,${machine}`),
        model: strings(`IBM,${machine}`),
        'system-id': strings('IBM,0278ABCDE'),
        'ibm,partition-name': strings('lpar7'),
        'ibm,partition-uuid': strings('5d1d0a6f-2a8b-4c6e-8e51-0d5d0c7b8a21'),
        'openprom/model': strings(parts.firmware),
        [`cpus/PowerPC,${model}@0/ibm,ppc-interrupt-server#s`]: cells(...numbers),
        [`cpus/PowerPC,${model}@0/cpu-version`]: cells(parts.logical),
      }),
      '/proc/ppc64/lparcfg': lparcfgOf(machine, parts.share),
      '/proc/self/auxv': auxv(65536, true),
      ...modules,
    }),
    expected: {
      arch: 'ppc64le',
      cpu: {
        model,
        vendor: 'IBM',
        description: type,
        features: [],
        registers: { pvr: parts.pvr },
        mhz: parts.clock,
      },
      topology: { cpus: 8, nodes: 1, sockets: 1, cores: 1, threads: 8 },
      memoryKiB: 16777216,
      pageSizesKiB: [64, parts.hugePagesKiB],
      cells: [
        {
          id: 2,
          memoryKiB: 16777216,
          cpus: numbers,
          threads: numbers.map((id) => thread(id, 2, 0, numbers)),
          pages: [
            { sizeKiB: 64, count: 262144 },
            { sizeKiB: parts.hugePagesKiB, count: 0 },
          ],
          distances: [{ id: 2, value: 10 }],
        },
      ],
      firmware: {
        kind: 'device-tree',
        manufacturer: 'IBM',
        product: `IBM,${machine}`,
        serial: 'IBM,0278ABCDE',
        uuid: '5d1d0a6f-2a8b-4c6e-8e51-0d5d0c7b8a21',
      },
      presentCpus: numbers,
      onlineCpus: numbers,
      caches: [],
      sysinfo: {
        system: [
          ['version', `CHRP IBM,${machine}`],
          ['serial', `IBM,${machine}`],
          ['family', 'pSeries'],
        ],
        processors: processors(numbers, type, parts.version),
      },
      virtualization,
      facts: [
        ['platform', 'partition of PowerVM'],
        ['firmware', parts.firmware],
        ['MMU', parts.mmu],
        ['compatibility mode', parts.mode],
        ['threads per core', '8'],
        ['partition', 'lpar7'],
        ['processors', parts.told],
      ],
      warnings: [],
    },
    findings: parts.findings,
  }
}

/** A POWER9 told to behave as a POWER8, so that it may move to one; its register says what it is. */
export const powervm9: KnownHost = partition({
  name: 'POWER9, partition of PowerVM in POWER8 mode',
  model: 'POWER9',
  pvr: 0x004e0202,
  logical: 0x0f000004,
  mode: 'power8',
  version: '2.2 (pvr 004e 0202)',
  clock: 2750,
  machine: '9009-22A',
  firmware: 'IBM,FW950.00 (VL950_045)',
  mmu: 'Hash',
  kvm: false,
  hugePagesKiB: 16384,
  share: sharedUncapped,
  told: 'shared, uncapped, 0.50 of 1 entitled, weight 128',
  findings: [
    ['KVM', 'note'],
    ['processors', 'note'],
    ['huge pages', 'note'],
  ],
})

/** Firmware FW1060 lets partitions of POWER10 run guests of their own. */
export const powervm10: KnownHost = partition({
  name: 'POWER10, partition of PowerVM with KVM',
  model: 'POWER10',
  pvr: 0x00800200,
  logical: 0x0f000006,
  mode: 'power10',
  version: '2.0 (pvr 0080 0200)',
  clock: 3550,
  machine: '9105-22A',
  firmware: 'IBM,FW1060.10 (NL1060_078)',
  mmu: 'Radix',
  kvm: true,
  hugePagesKiB: 2048,
  share: dedicated,
  told: 'dedicated, 1',
  findings: [
    ['KVM', 'ok'],
    ['processors', 'ok'],
    ['huge pages', 'note'],
    ['nested', 'ok'],
  ],
})
