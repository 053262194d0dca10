import { describedHost, describeLinux } from '@polyvirt/conformance'
import type { HostInfo } from '@polyvirt/core/arch'
import {
  auxv,
  cores,
  cpuinfo,
  dmi,
  identification,
  interrupts,
  kvmDevice,
  range,
  threadsOf,
  words,
} from './parts.ts'
import type { KnownHost } from '@polyvirt/conformance'
import type { CoreText } from './parts.ts'

interface Instance {
  readonly name: string
  readonly type: string
  readonly core: CoreText
  readonly model: string
  readonly midr: number
  readonly more?: Readonly<Record<string, string>>
  readonly virtualization: NonNullable<HostInfo['virtualization']>
  readonly facts: NonNullable<HostInfo['facts']>
  readonly findings: KnownHost['findings']
}

const ids = range(2)
const cpus = ids.map((id) => ({ id, socket: 0, core: id }))
const memoryKiB = 8030000

/** What Amazon calls its machines, virtual or not, and cuts down to two cores here. */
function instance(parts: Instance): KnownHost {
  return {
    name: parts.name,
    files: describedHost({
      ...describeLinux({
        cpus,
        nodes: [{ id: 0, memoryKiB, distances: [10] }],
        caches: [{ id: 0, level: 3, type: 'Unified', sizeKiB: 32768, cpus: ids }],
        hugePageSizesKiB: [64, 2048, 32768, 1048576],
      }),
      '/proc/cpuinfo': cpuinfo(ids.map((id) => [id, parts.core])),
      ...identification(ids.map((id) => [id, parts.midr])),
      '/proc/self/auxv': auxv(4096),
      '/proc/interrupts': interrupts('GICv3'),
      ...dmi({
        sys_vendor: 'Amazon EC2',
        product_name: parts.type,
        bios_vendor: 'Amazon EC2',
        bios_version: '1.0',
        bios_date: '11/1/2018',
        product_uuid: 'ec2d1d0a-6f2a-8b4c-6e8e-510d5d0c7b8a',
      }),
      ...parts.more,
    }),
    expected: {
      arch: 'aarch64',
      cpu: {
        model: parts.model,
        vendor: 'ARM',
        description: parts.model,
        features: words(parts.core.features),
        registers: { midr: parts.midr, gic: 3 },
        mhz: 0,
      },
      topology: { cpus: 2, nodes: 1, sockets: 1, cores: 2, threads: 1 },
      memoryKiB,
      pageSizesKiB: [4, 64, 2048, 32768, 1048576],
      cells: [
        {
          id: 0,
          memoryKiB,
          cpus: ids,
          threads: threadsOf(cpus),
          pages: [
            { sizeKiB: 4, count: 2007500 },
            ...[64, 2048, 32768, 1048576].map((sizeKiB) => ({ sizeKiB, count: 0 })),
          ],
          distances: [{ id: 0, value: 10 }],
        },
      ],
      firmware: {
        kind: 'smbios',
        manufacturer: 'Amazon EC2',
        product: parts.type,
        uuid: 'ec2d1d0a-6f2a-8b4c-6e8e-510d5d0c7b8a',
      },
      presentCpus: ids,
      onlineCpus: ids,
      caches: [{ id: 0, level: 3, type: 'both', sizeKiB: 32768, cpus: ids }],
      sysinfo: {
        bios: [
          ['vendor', 'Amazon EC2'],
          ['version', '1.0'],
          ['date', '11/1/2018'],
        ],
        system: [
          ['manufacturer', 'Amazon EC2'],
          ['product', parts.type],
          ['uuid', 'ec2d1d0a-6f2a-8b4c-6e8e-510d5d0c7b8a'],
        ],
      },
      virtualization: parts.virtualization,
      facts: parts.facts,
      warnings: [],
    },
    findings: parts.findings,
  }
}

/** Nitro lends its guests no hypervisor mode. */
export const graviton2: KnownHost = instance({
  name: 'guest on Graviton 2',
  type: 'm6g.large',
  core: cores.neoverseN1,
  model: 'Neoverse-N1',
  midr: 0x413fd0c1,
  virtualization: { modules: [], guestOf: 'KVM', iommu: false },
  facts: [
    ['revision', 'r3p1'],
    ['firmware', 'Amazon EC2, 1.0, 11/1/2018'],
    ['interrupt controller', 'GIC version 3'],
  ],
  findings: [['KVM', 'note']],
})

/** Bare metal with vectors of 256 bits, told to protect its guests. */
export const graviton3: KnownHost = instance({
  name: 'bare metal of Graviton 3',
  type: 'c7g.metal',
  core: cores.neoverseV1,
  model: 'Neoverse-V1',
  midr: 0x411fd401,
  more: {
    ...kvmDevice,
    '/proc/cmdline': 'BOOT_IMAGE=/vmlinuz root=UUID=1 kvm-arm.mode=protected console=ttyS0\n',
    '/proc/sys/abi/sve_default_vector_length': '32\n',
    '/sys/kernel/iommu_groups/0/type': 'DMA\n',
  },
  virtualization: { modules: ['kvm'], nested: false, secure: ['pkvm'], iommu: true },
  facts: [
    ['revision', 'r1p1'],
    ['firmware', 'Amazon EC2, 1.0, 11/1/2018'],
    ['interrupt controller', 'GIC version 3'],
    ['SVE vector', '256 bits by default'],
    ['KVM mode', 'protected'],
  ],
  findings: [['KVM', 'ok']],
})
