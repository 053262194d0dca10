import { hostText } from '@polyvirt/core/arch'
import type { HostFiles } from '@polyvirt/core/arch'
import { midrOf } from '../midr.ts'

/** One processor that is online, as the kernel shows it. */
export interface CpuinfoProcessor {
  readonly id: number
  readonly midr?: number
  /** `Features`: what the kernel tells programs that the core can do. */
  readonly features: readonly string[]
  /** `model name`, which only programs of 32 bits are shown. */
  readonly name?: string
}

const path = '/proc/cpuinfo'

/** A thousand processors need 500 KiB; what is longer by far is nonsense. */
const maxLength = 8 * 1024 * 1024

/** No core has more; longer lists are nonsense. */
const maxFeatures = 256

/** /proc/cpuinfo of 64-bit Linux on Arm (arch/arm64/kernel/cpuinfo.c, c_show). */
export function readCpuinfo(files: HostFiles): readonly CpuinfoProcessor[] {
  const blocks: Map<string, string>[] = []
  for (const line of hostText(files, path).slice(0, maxLength).split('\n')) {
    const colon = line.indexOf(':')
    if (colon < 0) continue
    const name = line.slice(0, colon).trim()
    const value = line
      .slice(colon + 1)
      .replace(/[^\x20-\x7e]/g, '')
      .trim()
    if (name === 'processor') blocks.push(new Map())
    // What stands behind the processors speaks of the machine.
    if (value !== '') blocks.at(-1)?.set(name, value)
  }
  return blocks.flatMap(processorOf)
}

function processorOf(block: ReadonlyMap<string, string>): CpuinfoProcessor[] {
  const number = block.get('processor') ?? ''
  if (!/^\d{1,5}$/.test(number)) return []
  const midr = registerOf(block)
  const name = block.get('model name')?.slice(0, 128)
  const features = (block.get('Features') ?? '')
    .split(' ')
    .filter((word) => /^[a-z0-9_]{1,20}$/.test(word))
    .slice(0, maxFeatures)
  return [
    {
      id: Number(number),
      ...(midr !== undefined && { midr }),
      features,
      ...(name !== undefined && { name }),
    },
  ]
}

/** The fields of MIDR_EL1, one a line: hexadecimal all but the revision. */
function registerOf(block: ReadonlyMap<string, string>): number | undefined {
  const hex = (name: string, most: number): number | undefined => {
    const text = block.get(name) ?? ''
    const value = /^0x[0-9a-fA-F]{1,3}$/.test(text) ? Number(text) : undefined
    return value !== undefined && value <= most ? value : undefined
  }
  const implementer = hex('CPU implementer', 0xff)
  const part = hex('CPU part', 0xfff)
  if (implementer === undefined || part === undefined) return undefined
  const revision = Number(/^\d{1,2}$/.exec(block.get('CPU revision') ?? '')?.[0] ?? 0)
  return midrOf({
    implementer,
    variant: hex('CPU variant', 0xf) ?? 0,
    part,
    revision: Math.min(revision, 0xf),
  })
}
