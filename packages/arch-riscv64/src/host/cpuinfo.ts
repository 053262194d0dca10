import { hostText } from '@polyvirt/core/arch'
import type { HostFiles } from '@polyvirt/core/arch'

/** One hart that is online, as it is written. */
export type CpuinfoHart = Readonly<Record<string, string>>

/** /proc/cpuinfo of Linux on RISC-V (arch/riscv/kernel/cpu.c, `c_show`). */
export interface Cpuinfo {
  /** Harts by `processor`, rising as they stand; lines by their names. */
  readonly harts: readonly CpuinfoHart[]
  readonly warnings: readonly string[]
}

const path = '/proc/cpuinfo'

/** A thousand harts need 500 KiB; what is longer by far is nonsense. */
const maxLength = 8 * 1024 * 1024

/** Lines that are read; others are of no use to anyone here. */
const known: ReadonlySet<string> = new Set([
  'hart',
  'isa',
  'mmu',
  'uarch',
  'mvendorid',
  'marchid',
  'mimpid',
  'hart isa',
])

export function readCpuinfo(files: HostFiles): Cpuinfo {
  const harts: Record<string, string>[] = []
  const warnings: string[] = []
  for (const line of hostText(files, path).slice(0, maxLength).split('\n')) {
    const colon = line.indexOf(':')
    if (colon < 0) continue
    const name = line.slice(0, colon).trim()
    const value = clean(line.slice(colon + 1))
    if (name === 'processor') {
      harts.push({ processor: value })
      continue
    }
    const last = harts.at(-1)
    if (last !== undefined && known.has(name)) last[name] = value
  }
  const numbered = harts.filter(({ processor = '' }) => /^\d{1,5}$/.test(processor))
  if (numbered.length < harts.length) warnings.push(`${path} has processors without a number`)
  return { harts: numbered, warnings }
}

/** Signs of ASCII only, and no more than anyone would read. */
function clean(text: string): string {
  return text
    .replace(/[^\x20-\x7e]/g, '')
    .trim()
    .slice(0, 4096)
}

/** `0x8000000000000007` as a number; nothing where it is none. */
export function registerOf(text: string | undefined): bigint | undefined {
  return text !== undefined && /^0x[0-9a-f]{1,16}$/i.test(text) ? BigInt(text) : undefined
}
