import {
  hostMemoryKiB,
  hostPageSizesKiB,
  linuxTopology,
  smbiosFirmware,
  smbiosSysinfo,
} from '@polyvirt/core/arch'
import type { HostFiles, HostInfo, HostInfoReader } from '@polyvirt/core/arch'
import { cpuinfoTopology } from './host/cpuinfo-topology.ts'
import { readCpuinfo } from './host/cpuinfo.ts'
import { diagnose } from './host/diagnose.ts'
import { readFacts } from './host/facts.ts'
import { commonFlags, readHostCpu } from './host/host-cpu.ts'
import { processorSignature } from './host/processor-signature.ts'
import { anonymize, recordedPaths } from './host/recording.ts'
import { readVirtualization } from './host/virtualization.ts'

/** Reads an x86 host from /proc/cpuinfo, /sys and its SMBIOS tables. */
export const host: HostInfoReader = {
  machines: ['x86_64', 'i686', 'i586', 'i486', 'i386'],
  read: readHost,
  paths: recordedPaths,
  anonymize,
  diagnose,
}

const basePageKiB = 4

function readHost(files: HostFiles): HostInfo {
  const warnings: string[] = []
  const blocks = readCpuinfo(files)
  const flags = commonFlags(blocks, warnings)
  const memoryKiB = hostMemoryKiB(files)
  const linux = linuxTopology(files, { basePageKiB, memoryKiB })
  const sysinfo = smbiosSysinfo(files, { warnings, signature: processorSignature })
  const firmware = smbiosFirmware(sysinfo)
  if (blocks.length === 0) warnings.push('/proc/cpuinfo tells of no processor')
  return {
    arch: is32Bit(files, flags) ? 'i686' : 'x86_64',
    cpu: readHostCpu(files, blocks, flags),
    topology: linux.presentCpus.length > 0 ? linux.topology : cpuinfoTopology(blocks),
    memoryKiB,
    pageSizesKiB: hostPageSizesKiB(files, basePageKiB),
    cells: linux.cells,
    firmware,
    presentCpus: linux.presentCpus,
    onlineCpus: linux.onlineCpus,
    caches: linux.caches,
    ...(sysinfo !== undefined && { sysinfo }),
    virtualization: readVirtualization(files, flags, firmware),
    facts: readFacts(files, flags),
    warnings: [...warnings, ...linux.warnings],
  }
}

/** A processor without long mode, and no 64-bit loader beside it. */
function is32Bit(files: HostFiles, flags: ReadonlySet<string>): boolean {
  return (
    flags.size > 0 && !flags.has('lm') && files.read('/lib64/ld-linux-x86-64.so.2') === undefined
  )
}
