import type { HostInfo } from '../core.ts'
import { formatCaches, formatCells } from './format-cells.ts'
import type { CacheRow } from './format-cells.ts'
import { formatCpuset } from './format-cpuset.ts'
import { formatFields, formatSections } from './format-fields.ts'
import type { Field } from './format-fields.ts'
import { formatHanging } from './format-hanging.ts'

/** Everything that is known of a host, for people. */
export function formatHostInfo(info: HostInfo, columns?: number): string {
  return formatSections([
    ['CPU', formatFields(cpuFields(info), columns)],
    ['Topology', formatFields(topologyFields(info), columns)],
    ['NUMA cells', formatCells(info.cells, columns)],
    ['Caches', formatCaches(cachesOf(info), columns)],
    ['Firmware', formatFields(firmwareFields(info.firmware), columns)],
    ['Virtualization', formatFields(virtualizationFields(info), columns)],
    ['Facts', formatFields(info.facts ?? [], columns)],
    ['Warnings', formatWarnings(info, columns)],
  ])
}

function cpuFields({ arch, cpu }: HostInfo): readonly Field[] {
  const { signature, counter } = cpu
  return [
    ['Architecture', arch],
    ['Model', cpu.model],
    ['Vendor', cpu.vendor],
    ['Description', cpu.description],
    ['Frequency', cpu.mhz > 0 ? `${cpu.mhz} MHz` : undefined],
    ['Microcode', cpu.microcode],
    [
      'Signature',
      signature &&
        `family ${signature.family}, model ${signature.model}, stepping ${signature.stepping}`,
    ],
    ['Address size', cpu.physicalAddressBits && `${cpu.physicalAddressBits} bits`],
    [
      'Counter',
      counter &&
        `${counter.name}, ${counter.frequencyHz} Hz${counter.scaling === true ? ', scaling' : ''}`,
    ],
    ['Features', cpu.features.join(', ')],
  ]
}

function topologyFields(info: HostInfo): readonly Field[] {
  const { topology, memoryKiB, pageSizesKiB, presentCpus, onlineCpus } = info
  return [
    ['CPUs', topology.cpus],
    ['Present CPUs', presentCpus && formatCpuset(presentCpus)],
    ['Online CPUs', onlineCpus && formatCpuset(onlineCpus)],
    ['NUMA cells', topology.nodes],
    ['Sockets per cell', topology.sockets],
    ['Dies per socket', topology.dies],
    ['Cores per die', topology.cores],
    ['Threads per core', topology.threads],
    ['Memory', `${memoryKiB} KiB`],
    ['Page sizes', pageSizesKiB.map((size) => `${size} KiB`).join(', ')],
  ]
}

function cachesOf({ caches = [] }: HostInfo): readonly CacheRow[] {
  return caches.map((cache) => ({ ...cache, cpus: formatCpuset(cache.cpus) }))
}

/** Firmware's words about the machine. */
export function firmwareFields(firmware: HostInfo['firmware']): readonly Field[] {
  return [
    ['Kind', firmware.kind],
    ['Manufacturer', firmware.manufacturer],
    ['Product', firmware.product],
    ['Version', firmware.version],
    ['Serial', firmware.serial],
    ['UUID', firmware.uuid],
  ]
}

function virtualizationFields({ virtualization }: HostInfo): readonly Field[] {
  if (virtualization === undefined) return []
  const { modules, nested, guestOf, secure = [], iommu } = virtualization
  const yesNo = (value: boolean | undefined): string | undefined =>
    value === undefined ? undefined : value ? 'yes' : 'no'
  return [
    ['KVM modules', modules.join(', ') || 'none'],
    ['Nested guests', yesNo(nested)],
    ['Guest of', guestOf],
    ['Secure guests', secure.join(', ')],
    ['IOMMU', yesNo(iommu)],
  ]
}

function formatWarnings({ warnings = [] }: HostInfo, columns?: number): string {
  return warnings.map((warning) => formatHanging('  - ', warning, columns)).join('')
}
