import { hostMemoryKiB, hostPageSizesKiB, treeNumber } from '@polyvirt/core/arch'
import type { HostCpu, HostFiles, HostInfo, HostInfoReader, HostSysinfo } from '@polyvirt/core/arch'
import { generationOf, modelByPvr } from './cpu-models.ts'
import { readCpuinfo } from './cpuinfo.ts'
import type { Cpuinfo } from './cpuinfo.ts'
import { cpuNodes } from './device-tree.ts'
import { diagnose } from './diagnose.ts'
import { readFacts } from './host-facts.ts'
import { basePageKiB, isLittleEndian, readVirtualization } from './host-kernel.ts'
import { readFirmware, readPlatform } from './host-platform.ts'
import { readThreads } from './host-threads.ts'
import { anonymize, recordedPaths } from './recording.ts'

/** Reads a Power host from /proc/cpuinfo, the device tree and /sys. */
export const host: HostInfoReader = {
  machines: ['ppc64le', 'ppc64'],
  read: readHost,
  paths: recordedPaths,
  anonymize,
  diagnose,
}

function readHost(files: HostFiles): HostInfo {
  const cpuinfo = readCpuinfo(files)
  const platform = readPlatform(files, cpuinfo)
  const virtualization = readVirtualization(files, platform)
  const cpu = readCpu(files, cpuinfo)
  const memoryKiB = hostMemoryKiB(files)
  const pageKiB = basePageKiB(files)
  const generation = generationOf(cpu.model ?? '')
  const threads = readThreads(
    files,
    { basePageKiB: pageKiB, memoryKiB },
    {
      cpuinfo,
      // Before POWER9, all threads of a core are in one partition at a time.
      wholeCores:
        virtualization.modules.includes('kvm_hv') && generation !== undefined && generation < 9,
    },
  )
  const { topology, cells, presentCpus, onlineCpus, caches } = threads
  const warnings = [...cpuinfo.warnings, ...threads.warnings]
  if (cpu.registers === undefined) warnings.push('the processor version register is not known')
  else if (cpu.model === undefined)
    warnings.push(`no CPU model is known with processor version ${hex(cpu.registers['pvr'] ?? 0)}`)
  return {
    arch: isLittleEndian(files) ? 'ppc64le' : 'ppc64',
    cpu,
    topology,
    memoryKiB,
    pageSizesKiB: hostPageSizesKiB(files, pageKiB),
    cells,
    firmware: readFirmware(files),
    presentCpus,
    onlineCpus,
    caches,
    sysinfo: readSysinfo(cpuinfo),
    virtualization,
    facts: readFacts(files, { cpuinfo, platform, threads }),
    warnings,
  }
}

/**
 * The chip by its register. `cpu-version` is the same on bare metal, and of a partition says what its
 * processor answers for.
 */
function readCpu(files: HostFiles, { pvrs, mhz, processors }: Cpuinfo): HostCpu {
  const [node] = cpuNodes(files)
  const told = node === undefined ? undefined : treeNumber(files, `${node}/cpu-version`)
  const pvr = pvrs[0] ?? told
  const model = pvr === undefined ? undefined : modelByPvr(pvr)
  const description = processors[0]?.cpu
  return {
    ...(model !== undefined && { model: model.name }),
    ...(model?.vendor !== undefined && { vendor: model.vendor }),
    ...(description !== undefined && { description }),
    features: [],
    ...(pvr !== undefined && { registers: { pvr } }),
    mhz,
  }
}

/**
 * What libvirt makes of /proc/cpuinfo in place of SMBIOS, its own odd choice of places included: the
 * model is where the serial number should be.
 */
function readSysinfo({ processors, summary }: Cpuinfo): HostSysinfo {
  const entry = (name: string, value: string | undefined): (readonly [string, string])[] =>
    value === undefined || value === '' ? [] : [[name, value]]
  const system = [
    ...entry('version', summary.get('machine')),
    ...entry('serial', summary.get('model')),
    ...entry('family', summary.get('platform')),
  ]
  return {
    ...(system.length > 0 && { system }),
    ...(processors.length > 0 && {
      processors: processors.map(({ processor, cpu, revision }) => [
        ...entry('socket_destination', processor),
        ...entry('type', cpu),
        ...entry('version', revision),
      ]),
    }),
  }
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`
}
