import { hostText } from '@polyvirt/core/arch'
import type { HostFiles } from '@polyvirt/core/arch'

/** One processor that is online: lines by the names that the kernel gives them, in lower case. */
export type CpuinfoProcessor = Readonly<Record<string, string>>

/** /proc/cpuinfo of Linux on LoongArch (arch/loongarch/kernel/proc.c, `show_cpuinfo`). */
export interface Cpuinfo {
  /** As they stand, each with its number as `processor`. */
  readonly processors: readonly CpuinfoProcessor[]
  /** `system type`, which stands before the first of them. */
  readonly systemType?: string
  readonly warnings: readonly string[]
}

const path = '/proc/cpuinfo'

/** A thousand processors need 600 KiB; what is longer by far is nonsense. */
const maxLength = 8 * 1024 * 1024

/**
 * Lines that are read; others are of no use to anyone here. Vendors' kernels of before Linux 5.19 write
 * some of them in lower case; only newer ones have `PRID`.
 */
const known: ReadonlySet<string> = new Set([
  'cpu family',
  'model name',
  'prid',
  'cpu revision',
  'cpu mhz',
  'address sizes',
  'isa',
  'features',
])

export function readCpuinfo(files: HostFiles): Cpuinfo {
  const blocks: Record<string, string>[] = []
  let systemType: string | undefined
  for (const line of hostText(files, path).slice(0, maxLength).split('\n')) {
    const colon = line.indexOf(':')
    if (colon < 0) continue
    const name = line.slice(0, colon).trim().toLowerCase()
    const value = clean(line.slice(colon + 1))
    if (name === 'processor') blocks.push({ processor: value })
    else if (name === 'system type' && value !== '') systemType ??= value
    const last = blocks.at(-1)
    if (last !== undefined && known.has(name)) last[name] = value
  }
  const processors = blocks.filter(({ processor = '' }) => /^\d{1,5}$/.test(processor))
  return {
    processors,
    ...(systemType !== undefined && { systemType }),
    warnings: processors.length < blocks.length ? [`${path} has processors without a number`] : [],
  }
}

/** Signs of ASCII only, and no more than anyone would read. */
function clean(text: string): string {
  return text
    .replace(/[^\x20-\x7e]/g, '')
    .trim()
    .slice(0, 512)
}
