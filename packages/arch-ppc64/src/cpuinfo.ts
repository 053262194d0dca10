import { hostText } from '@polyvirt/core/arch'
import type { HostFiles } from '@polyvirt/core/arch'

/** One processor that is online: `processor`, `cpu`, `revision` as they are written. */
export interface CpuinfoProcessor {
  readonly processor: string
  readonly cpu?: string
  readonly revision?: string
}

/** /proc/cpuinfo of Linux on Power (arch/powerpc/kernel/setup-common.c, show_cpuinfo). */
export interface Cpuinfo {
  readonly processors: readonly CpuinfoProcessor[]
  /** 0 when it is not told. */
  readonly mhz: number
  /** Registers of the processors, each value once. */
  readonly pvrs: readonly number[]
  /** What comes after the processors: `platform`, `model`, `machine`, `firmware`, `MMU`. */
  readonly summary: ReadonlyMap<string, string>
  readonly warnings: readonly string[]
}

const path = '/proc/cpuinfo'

/** A thousand processors need 100 KiB; what is longer by far is nonsense. */
const maxLength = 4 * 1024 * 1024

export function readCpuinfo(files: HostFiles): Cpuinfo {
  const processors: Record<string, string>[] = []
  const summary = new Map<string, string>()
  const pvrs = new Set<number>()
  const warnings: string[] = []
  let mhz = 0
  for (const line of hostText(files, path).slice(0, maxLength).split('\n')) {
    const colon = line.indexOf(':')
    if (colon < 0) continue
    const name = line.slice(0, colon).trim()
    const value = line
      .slice(colon + 1)
      .replace(/[^\x20-\x7e]/g, '')
      .trim()
      .slice(0, 256)
    if (name === 'clock') {
      // libvirt's rule: digits up to the dot, the last line counts.
      const whole = /^(\d{1,9})(?:[.\s]|$)/.exec(value)?.[1]
      if (whole !== undefined) mhz = Number(whole)
      else if (warnings.length === 0) warnings.push(`${path} has a clock that is no frequency`)
    } else if (name === 'processor') {
      processors.push({ processor: value })
    } else if (name === 'cpu' || name === 'revision') {
      const last = processors.at(-1)
      if (last !== undefined) last[name] = value
      const pvr = name === 'revision' ? pvrOf(value) : undefined
      if (pvr !== undefined) pvrs.add(pvr)
    } else if (!summary.has(name)) summary.set(name, value)
  }
  if (pvrs.size > 1) warnings.push(`${path} has processors of ${pvrs.size} different versions`)
  return {
    processors: processors.flatMap(({ processor = '', ...rest }) =>
      /^\d{1,5}$/.test(processor) ? { processor, ...rest } : [],
    ),
    mhz,
    pvrs: [...pvrs],
    summary,
    warnings,
  }
}

/** `2.2 (pvr 004e 1202)` is 0x004e1202. */
function pvrOf(revision: string): number | undefined {
  const halves = /\(pvr ([0-9a-f]{4}) ([0-9a-f]{4})\)/i.exec(revision)
  return halves === null ? undefined : Number.parseInt(`${halves[1] ?? ''}${halves[2] ?? ''}`, 16)
}
