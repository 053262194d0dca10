/** What CPUID says of the processor, where it is one of those two makers'. */
export function processorSignature({
  low: eax,
  manufacturer: maker,
}: {
  readonly low: number
  readonly manufacturer: string
}): string | undefined {
  if (eax === 0) return undefined
  const base = (eax >>> 8) & 15
  const stepping = eax & 15
  if (/intel/i.test(maker)) {
    const family = base + ((eax >>> 20) & 0xff)
    const model = ((eax >>> 12) & 0xf0) | ((eax >>> 4) & 15)
    return `Type ${(eax >>> 12) & 3}, Family ${family}, Model ${model}, Stepping ${stepping}`
  }
  if (!/AMD|Advanced Micro Devices|Hygon/i.test(maker)) return undefined
  const extended = base === 15
  const family = base + (extended ? (eax >>> 20) & 0xff : 0)
  const model = ((eax >>> 4) & 15) | (extended ? (eax >>> 12) & 0xf0 : 0)
  return `Family ${family}, Model ${model}, Stepping ${stepping}`
}
