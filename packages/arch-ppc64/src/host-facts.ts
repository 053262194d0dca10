import { deviceTree, sysText, treeNumber, treeText } from '@polyvirt/core/arch'
import type { HostFiles } from '@polyvirt/core/arch'
import { modelByPvr } from './cpu-models.ts'
import type { Cpuinfo } from './cpuinfo.ts'
import { cpuNodes } from './device-tree.ts'
import { firmwareVersion, isSecureGuest } from './host-platform.ts'
import type { Platform } from './host-platform.ts'
import type { PowerThreads } from './host-threads.ts'
import { partitionFact, readPartition } from './partition.ts'

export interface FactSources {
  readonly cpuinfo: Cpuinfo
  readonly platform: Platform
  readonly threads: PowerThreads
}

type Fact = readonly [name: string, value: string]

/** What is worth knowing of a Power machine and has no word of its own. */
export function readFacts(
  files: HostFiles,
  { cpuinfo, platform, threads }: FactSources,
): readonly Fact[] {
  const facts: (readonly [string, string | undefined])[] = [
    ['platform', platform.description],
    ['model name', treeText(files, 'model-name')],
    ['firmware', firmwareVersion(files, cpuinfo)],
    ['MMU', cpuinfo.summary.get('MMU')],
    ['compatibility mode', compatibilityMode(files)],
    ['threads per core', threadsText(threads)],
    ['subcores per core', threads.subcores > 1 ? String(threads.subcores) : undefined],
    ['SMT', simultaneousThreads(files)],
    ...cacheSizes(files),
    ['partition', treeText(files, 'ibm,partition-name')],
    ['processors', partitionFact(readPartition(files, platform))],
    ['host model', treeText(files, 'host-model')],
    ['secure guest', isSecureGuest(files) ? 'yes' : undefined],
  ]
  return facts.flatMap(([name, value]): Fact[] => (value === undefined ? [] : [[name, value]]))
}

/** A partition's processor that is told to behave as an older one, or as its generation defines it. */
function compatibilityMode(files: HostFiles): string | undefined {
  const [node] = cpuNodes(files)
  const version = node === undefined ? undefined : treeNumber(files, `${node}/cpu-version`)
  // Logical versions all begin like this.
  if (version === undefined || version >>> 24 !== 0x0f) return undefined
  return modelByPvr(version)?.name.toLowerCase()
}

function threadsText({ threadsPerCore, onlineThreads }: PowerThreads): string {
  return onlineThreads >= threadsPerCore
    ? String(threadsPerCore)
    : `${threadsPerCore}, of which ${onlineThreads} online`
}

/** `on`, `off`, `forceoff` or a number of threads; other words mean that the kernel cannot tell. */
function simultaneousThreads(files: HostFiles): string | undefined {
  const control = sysText(files, '/sys/devices/system/cpu/smt/control')
  return control !== undefined && /^(?:on|off|forceoff|\d+)$/.test(control) ? control : undefined
}

/**
 * Sizes as the device tree has them. The kernel shows caches below /sys too, but does not number
 * them on Power, so they cannot be told apart there.
 */
function cacheSizes(files: HostFiles): (readonly [string, string | undefined])[] {
  const [cpu] = cpuNodes(files)
  if (cpu === undefined) return []
  const nodes = files.list(`${deviceTree}/cpus`)
  const level = (n: number): string | undefined => {
    const beside = nodes.find((name) => name.startsWith(`l${n}-cache@`))
    const node = beside === undefined ? `${cpu}/l${n}-cache` : `cpus/${beside}`
    return kib(treeNumber(files, `${node}/d-cache-size`))
  }
  return [
    ['L1 data cache', kib(treeNumber(files, `${cpu}/d-cache-size`))],
    ['L1 instruction cache', kib(treeNumber(files, `${cpu}/i-cache-size`))],
    ['L2 cache', level(2)],
    ['L3 cache', level(3)],
  ]
}

function kib(bytes: number | undefined): string | undefined {
  return bytes === undefined || bytes < 1024 ? undefined : `${Math.floor(bytes / 1024)} KiB`
}
