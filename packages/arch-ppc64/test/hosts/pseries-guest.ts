import { describedHost, describeLinux } from '@polyvirt/conformance'
import { auxv, cells, cpuinfo, cpusOf, processors, range, strings, thread, tree } from './parts.ts'
import type { KnownHost } from '@polyvirt/conformance'

const numbers = range(2)
const type = 'POWER9 (architected), altivec supported'
const version = '2.2 (pvr 004e 1202)'
const model = 'IBM pSeries (emulated by qemu)'
const uuid = '11111111-2222-3333-4444-555555555555'

/** A guest of KVM, with KVM of its own. Its SLOF has no build number. */
export const pseriesGuest: KnownHost = {
  name: 'pseries guest of KVM',
  files: describedHost({
    ...describeLinux({
      cpus: cpusOf({
        cores: 2,
        threads: 1,
        online: () => true,
        place: () => ({ node: 0, socket: 0 }),
      }),
      nodes: [{ id: 0, memoryKiB: 4194304, distances: [10], hugePages: { 2048: 512 } }],
      hugePageSizesKiB: [2048, 1048576],
    }),
    '/proc/cpuinfo': cpuinfo({
      numbers,
      cpu: type,
      clock: '2500.000000MHz',
      revision: version,
      summary: {
        timebase: '512000000',
        platform: 'pSeries',
        model,
        machine: `CHRP ${model}`,
        MMU: 'Radix',
      },
    }),
    ...tree({
      compatible: strings('qemu,pseries'),
      model: strings(model),
      'system-id': strings(uuid),
      'vm,uuid': strings(uuid),
      'ibm,partition-name': strings('demo'),
      'openprom/model': strings('SLOF,HEAD'),
      'hypervisor/compatible': strings('linux,kvm'),
      'cpus/PowerPC,POWER9@0/ibm,ppc-interrupt-server#s': cells(0),
      'cpus/PowerPC,POWER9@0/cpu-version': cells(0x0f000005),
    }),
    '/proc/self/auxv': auxv(65536, true),
    '/sys/devices/system/cpu/smt/control': 'notimplemented\n',
    '/sys/devices/system/cpu/svm': '0\n',
    '/sys/module/kvm_hv/parameters/nested': 'N\n',
    '/sys/kernel/iommu_groups/0/type': 'DMA\n',
  }),
  expected: {
    arch: 'ppc64le',
    cpu: {
      model: 'POWER9',
      vendor: 'IBM',
      description: type,
      features: [],
      registers: { pvr: 0x004e1202 },
      mhz: 2500,
    },
    topology: { cpus: 2, nodes: 1, sockets: 1, cores: 2, threads: 1 },
    memoryKiB: 4194304,
    pageSizesKiB: [64, 2048, 1048576],
    cells: [
      {
        id: 0,
        memoryKiB: 4194304,
        cpus: numbers,
        threads: [thread(0, 0, 0), thread(1, 0, 1)],
        pages: [
          { sizeKiB: 64, count: 49152 },
          { sizeKiB: 2048, count: 512 },
          { sizeKiB: 1048576, count: 0 },
        ],
        distances: [{ id: 0, value: 10 }],
      },
    ],
    firmware: { kind: 'device-tree', product: model, uuid },
    presentCpus: numbers,
    onlineCpus: numbers,
    caches: [],
    sysinfo: {
      system: [
        ['version', `CHRP ${model}`],
        ['serial', model],
        ['family', 'pSeries'],
      ],
      processors: processors(numbers, type, version),
    },
    virtualization: { modules: ['kvm_hv'], nested: false, guestOf: 'KVM', iommu: true },
    facts: [
      ['platform', 'pseries, guest of KVM'],
      ['firmware', 'SLOF,HEAD'],
      ['MMU', 'Radix'],
      ['compatibility mode', 'power9'],
      ['threads per core', '1'],
      ['partition', 'demo'],
    ],
    warnings: [],
  },
  findings: [
    ['KVM', 'ok'],
    ['nested', 'note'],
  ],
}
