import type { CpuModel } from '@polyvirt/core/arch'

const exact = (value: number): { value: number; mask: number } => ({ value, mask: 0xffff0000 })

/**
 * Power generations by processor version register: the upper half names the chip, the lower its
 * revision (Power ISA book III, PVR; the values are in Linux arch/powerpc/kernel/cputable.c). A
 * generation covers its variants, so an unknown revision is still recognised.
 */
export const cpuModels: readonly CpuModel[] = [
  { name: 'POWER6', vendor: 'IBM', pvrs: [exact(0x003e0000)] },
  { name: 'POWER7', vendor: 'IBM', pvrs: [exact(0x003f0000), exact(0x004a0000)] },
  {
    name: 'POWER8',
    vendor: 'IBM',
    pvrs: [exact(0x004b0000), exact(0x004c0000), exact(0x004d0000)],
  },
  { name: 'POWER9', vendor: 'IBM', pvrs: [exact(0x004e0000)] },
  { name: 'POWER10', vendor: 'IBM', pvrs: [exact(0x00800000)] },
  { name: 'POWER11', vendor: 'IBM', pvrs: [exact(0x00820000)] },
  { name: 'POWERPC_e5500', vendor: 'Freescale', pvrs: [exact(0x80240000)] },
  { name: 'POWERPC_e6500', vendor: 'Freescale', pvrs: [exact(0x80400000)] },
]

/** The generation a processor version register belongs to. */
export function modelByPvr(pvr: number): CpuModel | undefined {
  return cpuModels.find((model) =>
    // `>>> 0`: the e5500's values have the sign bit set.
    (model.pvrs ?? []).some(({ value, mask }) => (pvr & mask) >>> 0 === value >>> 0),
  )
}

/** Position of a Power generation, for "newer than"; nothing for other names. */
export function generationOf(name: string): number | undefined {
  const match = /^POWER(\d+)$/i.exec(name)
  return match === null ? undefined : Number(match[1])
}
