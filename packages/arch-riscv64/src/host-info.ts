import {
  hostMemoryKiB,
  hostPageSizesKiB,
  linuxTopology,
  smbiosFirmware,
  smbiosSysinfo,
  treeFirmware,
  treeSysinfo,
} from '@polyvirt/core/arch'
import type { HostFiles, HostInfo, HostInfoReader } from '@polyvirt/core/arch'
import { readCpuinfo } from './host/cpuinfo.ts'
import { diagnose } from './host/diagnose.ts'
import { readFacts } from './host/facts.ts'
import { readCpu } from './host/host-cpu.ts'
import { processorFamilies } from './host/platform.ts'
import { anonymize, recordedPaths } from './host/recording.ts'
import { readVirtualization } from './host/virtualization.ts'

/** The only base page that the architecture has (RISC-V privileged architecture, Sv39). */
const basePageKiB = 4

/** Reads a RISC-V host from /proc/cpuinfo, /sys, and SMBIOS or the device tree. */
export const host: HostInfoReader = {
  machines: ['riscv64'],
  read: readHost,
  paths: recordedPaths,
  anonymize,
  diagnose,
}

function readHost(files: HostFiles): HostInfo {
  const warnings: string[] = []
  const cpuinfo = readCpuinfo(files)
  const read = readCpu(files, cpuinfo)
  const memoryKiB = hostMemoryKiB(files)
  const linux = linuxTopology(files, { basePageKiB, memoryKiB })
  const smbios = smbiosSysinfo(files, { warnings, families: processorFamilies })
  const told = smbiosFirmware(smbios)
  const firmware = told.kind === 'none' ? treeFirmware(files) : told
  const sysinfo = smbios ?? treeSysinfo(firmware)
  return {
    arch: 'riscv64',
    cpu: read.cpu,
    topology: linux.topology,
    memoryKiB,
    pageSizesKiB: hostPageSizesKiB(files, basePageKiB),
    cells: linux.cells,
    firmware,
    presentCpus: linux.presentCpus,
    onlineCpus: linux.onlineCpus,
    caches: linux.caches,
    ...(sysinfo !== undefined && { sysinfo }),
    virtualization: readVirtualization(files, read.cpu, firmware),
    facts: readFacts(files, { cpuinfo, ...(sysinfo !== undefined && { sysinfo }) }),
    warnings: [...cpuinfo.warnings, ...read.warnings, ...warnings, ...linux.warnings],
  }
}
