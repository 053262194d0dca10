import { describedHost, describeLinux } from '@polyvirt/conformance'
import type { HostInfo } from '@polyvirt/core/arch'
import { auxv, cells, cpuinfo, cpusOf, processors, range, strings, thread, tree } from './parts.ts'
import type { DescribedPower } from './parts.ts'

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
  readonly findings: DescribedPower['findings']
}

/** One core of eight threads: what a partition sees of the chips is what PowerVM tells it. */
function partition(parts: Partition): DescribedPower {
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
      ],
      warnings: [],
    },
    findings: parts.findings,
  }
}

/** A POWER9 told to behave as a POWER8, so that it may move to one; its register says what it is. */
export const powervm9: DescribedPower = partition({
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
  findings: [
    ['KVM', 'note'],
    ['huge pages', 'note'],
  ],
})

/** Firmware FW1060 lets partitions of POWER10 run guests of their own. */
export const powervm10: DescribedPower = partition({
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
  findings: [
    ['KVM', 'ok'],
    ['huge pages', 'note'],
    ['nested', 'ok'],
  ],
})
