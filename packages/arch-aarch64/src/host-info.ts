import {
  hostMemoryKiB,
  hostPageSizesKiB,
  linuxTopology,
  smbiosFirmware,
  smbiosSysinfo,
  treeFirmware,
  treeSysinfo,
} from '@polyvirt/core/arch'
import type { HostFiles, HostInfo, HostInfoReader, HostSysinfo } from '@polyvirt/core/arch'
import { readCoreKinds } from './host/core-kinds.ts'
import type { CoreKind } from './host/core-kinds.ts'
import { readCpuinfo } from './host/cpuinfo.ts'
import type { CpuinfoProcessor } from './host/cpuinfo.ts'
import { diagnose } from './host/diagnose.ts'
import { readFacts } from './host/facts.ts'
import { hostCpu } from './host/host-cpu.ts'
import { basePageKiB, gicVersion } from './host/kernel.ts'
import { anonymize, recordedPaths } from './host/recording.ts'
import { processorFamilies, processorSignature } from './host/smbios-processor.ts'
import { readVirtualization } from './host/virtualization.ts'

/** Reads an Arm host from /proc/cpuinfo, /sys, and SMBIOS or the device tree. */
export const host: HostInfoReader = {
  machines: ['aarch64', 'arm64'],
  read: readHost,
  paths: recordedPaths,
  anonymize,
  diagnose,
}

function readHost(files: HostFiles): HostInfo {
  const warnings: string[] = []
  const processors = readCpuinfo(files)
  const memoryKiB = hostMemoryKiB(files)
  const pageKiB = basePageKiB(files)
  const linux = linuxTopology(files, { basePageKiB: pageKiB, memoryKiB })
  const kinds = readCoreKinds(files, processors, linux.onlineCpus)
  const gic = gicVersion(files)
  const smbios = smbiosSysinfo(files, {
    warnings,
    signature: processorSignature,
    families: processorFamilies,
  })
  const told = smbiosFirmware(smbios)
  const firmware = told.kind === 'none' ? treeFirmware(files) : told
  const sysinfo = smbios ?? withProcessors(treeSysinfo(firmware), processors)
  return {
    arch: 'aarch64',
    cpu: hostCpu(processors, kinds, gic),
    topology: linux.topology,
    memoryKiB,
    pageSizesKiB: hostPageSizesKiB(files, pageKiB),
    cells: linux.cells,
    firmware,
    presentCpus: linux.presentCpus,
    onlineCpus: linux.onlineCpus,
    caches: linux.caches,
    ...(sysinfo !== undefined && { sysinfo }),
    virtualization: readVirtualization(files, firmware),
    facts: readFacts(files, {
      kinds,
      ...(gic !== undefined && { gic }),
      ...(sysinfo !== undefined && { sysinfo }),
    }),
    warnings: [...warnings, ...unknown(kinds), ...linux.warnings],
  }
}

/** What libvirt makes of /proc/cpuinfo where there is no SMBIOS: a processor for each line of one. */
function withProcessors(
  sysinfo: HostSysinfo | undefined,
  processors: readonly CpuinfoProcessor[],
): HostSysinfo | undefined {
  if (sysinfo === undefined && processors.length === 0) return undefined
  const blocks = processors.map(({ id, name }) => [
    ['socket_destination', String(id)] as const,
    ...(name === undefined ? [] : [['type', name] as const]),
  ])
  return { ...sysinfo, ...(blocks.length > 0 && { processors: blocks }) }
}

function unknown(kinds: readonly CoreKind[]): readonly string[] {
  if (kinds.length === 0) return ['the main ID register of no processor is known']
  return kinds
    .filter(({ model }) => model === undefined)
    .map(({ midr }) => `no CPU model is known with main ID register 0x${midr.toString(16)}`)
}
