import { describedHost, describeLinux } from '@polyvirt/conformance'
import type { HostInfo } from '@polyvirt/core/arch'
import {
  auxv,
  cores,
  cpuinfo,
  dmi,
  identification,
  interrupts,
  processors,
  range,
  strings,
  threadsOf,
  tree,
  words,
} from './parts.ts'
import type { KnownHost } from '@polyvirt/conformance'
import type { CoreText } from './parts.ts'

interface Virt {
  readonly name: string
  readonly core: CoreText
  readonly model: string
  readonly midr: number
  readonly files: Readonly<Record<string, string>>
  readonly told: Pick<HostInfo, 'firmware' | 'sysinfo' | 'virtualization' | 'facts'>
}

const ids = range(2)
const cpus = ids.map((id) => ({ id, socket: 0, core: id }))

/** QEMU's board, seen from inside. */
function virt(parts: Virt): KnownHost {
  return {
    name: parts.name,
    files: describedHost({
      ...describeLinux({
        cpus,
        nodes: [{ id: 0, memoryKiB: 480000, distances: [10] }],
        hugePageSizesKiB: [2048],
      }),
      '/proc/cpuinfo': cpuinfo(ids.map((id) => [id, parts.core])),
      ...identification(ids.map((id) => [id, parts.midr])),
      '/proc/self/auxv': auxv(4096),
      '/proc/interrupts': interrupts('GIC-0'),
      ...parts.files,
    }),
    expected: {
      arch: 'aarch64',
      cpu: {
        model: parts.model,
        vendor: 'ARM',
        description: parts.model,
        features: words(parts.core.features),
        registers: { midr: parts.midr, gic: 2 },
        mhz: 0,
      },
      topology: { cpus: 2, nodes: 1, sockets: 1, cores: 2, threads: 1 },
      memoryKiB: 480000,
      pageSizesKiB: [4, 2048],
      cells: [
        {
          id: 0,
          memoryKiB: 480000,
          cpus: ids,
          threads: threadsOf(cpus),
          pages: [
            { sizeKiB: 4, count: 120000 },
            { sizeKiB: 2048, count: 0 },
          ],
          distances: [{ id: 0, value: 10 }],
        },
      ],
      ...parts.told,
      presentCpus: ids,
      onlineCpus: ids,
      caches: [],
      warnings: [],
    },
    findings: [['KVM', 'note']],
  }
}

/** A kernel that was booted directly finds nothing but the device tree. */
export const tcgGuest: KnownHost = virt({
  name: 'virt under TCG, with a device tree',
  core: cores.cortexA57,
  model: 'cortex-a57',
  midr: 0x411fd070,
  files: tree({ compatible: strings('linux,dummy-virt'), model: strings('linux,dummy-virt') }),
  told: {
    firmware: { kind: 'device-tree', manufacturer: 'linux', product: 'linux,dummy-virt' },
    sysinfo: {
      system: [
        ['manufacturer', 'linux'],
        ['product', 'linux,dummy-virt'],
      ],
      processors: processors(ids) ?? [],
    },
    virtualization: { modules: [], guestOf: 'QEMU', iommu: false },
    facts: [
      ['revision', 'r1p0'],
      ['board', 'linux,dummy-virt'],
      ['interrupt controller', 'GIC version 2'],
    ],
  },
})

/** UEFI shows SMBIOS, in which QEMU says what executes its guest. */
export const kvmGuest: KnownHost = virt({
  name: 'virt under KVM, with UEFI',
  core: cores.neoverseN1,
  model: 'Neoverse-N1',
  midr: 0x413fd0c1,
  files: dmi({
    sys_vendor: 'QEMU',
    product_name: 'KVM Virtual Machine',
    product_version: 'virt-7.2',
    product_uuid: '5a3c1d0e-6f70-4a52-8d4e-1f8f5a2b9c44',
    bios_vendor: 'EFI Development Kit II / OVMF',
    bios_version: '2022.11-6',
    bios_date: '02/10/2023',
  }),
  told: {
    firmware: {
      kind: 'smbios',
      manufacturer: 'QEMU',
      product: 'KVM Virtual Machine',
      version: 'virt-7.2',
      uuid: '5a3c1d0e-6f70-4a52-8d4e-1f8f5a2b9c44',
    },
    sysinfo: {
      bios: [
        ['vendor', 'EFI Development Kit II / OVMF'],
        ['version', '2022.11-6'],
        ['date', '02/10/2023'],
      ],
      system: [
        ['manufacturer', 'QEMU'],
        ['product', 'KVM Virtual Machine'],
        ['version', 'virt-7.2'],
        ['uuid', '5a3c1d0e-6f70-4a52-8d4e-1f8f5a2b9c44'],
      ],
    },
    virtualization: { modules: [], guestOf: 'KVM', iommu: false },
    facts: [
      ['revision', 'r3p1'],
      ['firmware', 'EFI Development Kit II / OVMF, 2022.11-6, 02/10/2023'],
      ['interrupt controller', 'GIC version 2'],
    ],
  },
})
