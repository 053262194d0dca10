import { hostText } from '@polyvirt/core/arch'
import type { HostFiles } from '@polyvirt/core/arch'

/** One processor of /proc/cpuinfo: values by the kernel's names. */
export type CpuinfoBlock = ReadonlyMap<string, string>

/** /proc/cpuinfo, one block for each online CPU (Linux arch/x86/kernel/cpu/proc.c). */
export function readCpuinfo(files: HostFiles): readonly CpuinfoBlock[] {
  const blocks: Map<string, string>[] = []
  for (const line of hostText(files, '/proc/cpuinfo').split('\n')) {
    const [, name, value = ''] = /^([^:]*?)\s*:(.*)$/.exec(line) ?? []
    if (name === undefined || name === '') continue
    if (name === 'processor') blocks.push(new Map())
    blocks.at(-1)?.set(name, value.trim())
  }
  return blocks
}

/** A whole number, decimal or with 0x; nothing for what is none or too large to be one. */
export function wholeNumber(text: string | undefined): number | undefined {
  if (text === undefined || !/^(?:\d{1,15}|0x[\da-f]{1,12})$/i.test(text)) return undefined
  return Number(text)
}
