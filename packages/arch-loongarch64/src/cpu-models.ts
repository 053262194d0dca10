import type { CpuModel } from '@polyvirt/core/arch'

/** A core of Loongson. */
interface Core {
  readonly name: string
  /** Its processor identity (CPUCFG word 0) without the revision, which is the lower twelve bits. */
  readonly prid: number
}

const revision = 0xfff

/**
 * Cores by QEMU's names, and in its way of writing where it has none, oldest first. Each of the 64-bit
 * ones does what those before it do: LA364 has LSX, LA464 has LASX, binary translation and KVM as
 * well, LA664 walks page tables and runs two threads.
 *
 * Identities: Linux arch/loongarch/include/asm/cpu.h, PRID_COMP_LOONGSON and PRID_SERIES_….
 */
const cores: readonly Core[] = [
  // The only one of 32 bits, in microcontrollers.
  { name: 'la132', prid: 0x148000 },
  { name: 'la264', prid: 0x14a000 },
  { name: 'la364', prid: 0x14b000 },
  { name: 'la464', prid: 0x14c000 },
  { name: 'la664', prid: 0x14d000 },
]

export const cpuModels: readonly CpuModel[] = cores.map(({ name }) => ({
  name,
  vendor: 'Loongson',
}))

/** Chips by the name that they give themselves (IOCSR, CPUName), with the core that is in them. */
const chips: readonly (readonly [name: RegExp, model: string])[] = [
  [/^2K(?:0300|0500|1000|1500)/, 'la264'],
  [/^2K(?:2000|3000)/, 'la364'],
  [/^3[A-D]5000/, 'la464'],
  [/^3[A-E]6000/, 'la664'],
]

/** The model of this very name. */
export function modelByName(name: string | undefined): CpuModel | undefined {
  return cpuModels.find((model) => model.name === name)
}

/** The model whose processor identity this is. */
export function modelByPrid(prid: number): CpuModel | undefined {
  return modelByName(cores.find((core) => core.prid === (prid & ~revision) >>> 0)?.name)
}

/** The identity that a model stands for, of no revision. */
export function pridOf(model: string | undefined): number | undefined {
  return cores.find(({ name }) => name === model)?.prid
}

/** The model in a chip that Linux calls so: `Loongson-3A5000`. */
export function modelByChip(name: string): CpuModel | undefined {
  const chip = /^Loongson-(.+)$/.exec(name)?.[1] ?? ''
  return modelByName(chips.find(([pattern]) => pattern.test(chip))?.[1])
}

/** Its place among the 64-bit cores: a higher one does all that a lower one does. */
export function generationOf(name: string | undefined): number | undefined {
  const index = cpuModels.findIndex((model) => model.name === name)
  return index > 0 ? index : undefined
}
