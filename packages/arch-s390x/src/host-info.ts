import { hostMemoryKiB, hostPageSizesKiB } from '@polyvirt/core/arch'
import type { HostCpu, HostFiles, HostInfo, HostInfoReader, HostSysinfo } from '@polyvirt/core/arch'
import { facilities } from './facilities.ts'
import { processorsByType } from './cpu-models.ts'
import { readCpuinfo } from './host/cpuinfo.ts'
import type { Cpuinfo } from './host/cpuinfo.ts'
import { diagnose } from './host/diagnose.ts'
import { readFacts } from './host/facts.ts'
import { readFirmware, readPlatform } from './host/platform.ts'
import { anonymize, recordedPaths } from './host/recording.ts'
import { readSysinfo } from './host/sysinfo.ts'
import { readThreads } from './host/threads.ts'
import { readVirtualization } from './host/virtualization.ts'
import { decode, toRegisters } from './registers.ts'

/** Reads an IBM Z host from /proc/cpuinfo, /proc/sysinfo and /sys. */
export const host: HostInfoReader = {
  machines: ['s390x'],
  read: readHost,
  paths: recordedPaths,
  anonymize,
  diagnose,
}

/** Linux on IBM Z has one size of base pages (arch/s390/include/asm/page.h). */
const basePageKiB = 4

function readHost(files: HostFiles): HostInfo {
  const cpuinfo = readCpuinfo(files)
  const sysinfo = readSysinfo(files)
  const platform = readPlatform(sysinfo)
  const memoryKiB = hostMemoryKiB(files)
  const threads = readThreads(files, { basePageKiB, memoryKiB })
  const { topology, cells, presentCpus, onlineCpus, caches } = threads
  const cpu = readCpu(cpuinfo)
  const warnings = [...cpuinfo.warnings, ...threads.warnings]
  if (cpuinfo.machine === undefined) warnings.push('the machine type is not known')
  else if (cpu.model === undefined)
    warnings.push(`no CPU model is known of machine type ${typeText(cpuinfo.machine)}`)
  return {
    arch: 's390x',
    cpu,
    topology,
    memoryKiB,
    pageSizesKiB: hostPageSizesKiB(files, basePageKiB),
    cells,
    firmware: readFirmware(sysinfo),
    presentCpus,
    onlineCpus,
    caches,
    sysinfo: sysinfoBlocks(sysinfo, cpuinfo),
    virtualization: readVirtualization(files, platform),
    facts: readFacts(files, { cpuinfo, sysinfo, platform, threads }),
    warnings,
  }
}

function readCpu({ machine, facilities: bits, mhz }: Cpuinfo): HostCpu {
  const features = bits.flatMap((bit) => facilities.get(bit) ?? [])
  if (machine === undefined) return { features, mhz }
  // Older kernels do not show the facilities: then the model alone is known.
  const registers = bits.length === 0 ? { machine } : toRegisters(machine, bits)
  const found = decode(registers)
  const description = processorsByType(machine)[0]?.description
  return {
    ...(found?.model !== undefined && { model: found.model }),
    ...(found?.vendor !== undefined && { vendor: found.vendor }),
    ...(description !== undefined && { description }),
    features,
    registers,
    mhz,
  }
}

/** What libvirt makes of the two files in place of SMBIOS, in its order. */
function sysinfoBlocks(
  sysinfo: ReadonlyMap<string, string>,
  { summary, processors }: Cpuinfo,
): HostSysinfo {
  const entry = (name: string, value: string | undefined): (readonly [string, string])[] =>
    value === undefined || value === '' ? [] : [[name, value]]
  const system = [
    ...entry('manufacturer', sysinfo.get('Manufacturer')),
    ...entry('serial', sysinfo.get('Sequence Code')),
    ...entry('family', sysinfo.get('Type')),
  ]
  return {
    ...(system.length > 0 && { system }),
    ...(processors.length > 0 && {
      processors: processors.map(({ version, identification, machine, staticMhz }) => [
        ...entry('family', machine),
        ...entry('manufacturer', summary.get('vendor_id')),
        ...entry('version', version),
        ...entry('max_speed', staticMhz),
        ...entry('serial_number', identification),
      ]),
    }),
  }
}

function typeText(machine: number): string {
  return machine.toString(16).toUpperCase().padStart(4, '0')
}
