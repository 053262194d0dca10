import type { CpuModel } from '@polyvirt/core/arch'

type Pvr = NonNullable<CpuModel['pvrs']>[number]

/** A chip, whatever its revision: the upper half of the register names it (Power ISA book III). */
const chip = (value: number): Pvr => ({ value, mask: 0xffff0000 })

/**
 * Power generations by processor version register. A generation covers its variants, and an unknown
 * revision still belongs to it.
 *
 * Sources of the values: Linux arch/powerpc/kernel/cpu_specs_book3s_64.h (IBM),
 * cpu_specs_e500mc.h (Freescale), and `qemu-system-ppc64 -cpu help`. The first seven, their names
 * and their order are libvirt's CPU map; the others are spelled as QEMU spells them, generations in
 * upper case as libvirt's.
 */
export const cpuModels: readonly CpuModel[] = [
  { name: 'POWER6', vendor: 'IBM', pvrs: [chip(0x003e0000)] },
  // POWER7, POWER7+
  { name: 'POWER7', vendor: 'IBM', pvrs: [chip(0x003f0000), chip(0x004a0000)] },
  // POWER8E, POWER8NVL, POWER8
  {
    name: 'POWER8',
    vendor: 'IBM',
    pvrs: [chip(0x004b0000), chip(0x004c0000), chip(0x004d0000)],
  },
  { name: 'POWER9', vendor: 'IBM', pvrs: [chip(0x004e0000)] },
  { name: 'POWER10', vendor: 'IBM', pvrs: [chip(0x00800000)] },
  { name: 'POWERPC_e5500', vendor: 'Freescale', pvrs: [chip(0x80240000)] },
  { name: 'POWERPC_e6500', vendor: 'Freescale', pvrs: [chip(0x80400000)] },
  { name: 'POWER11', vendor: 'IBM', pvrs: [chip(0x00820000)] },
  { name: 'POWER5', vendor: 'IBM', pvrs: [chip(0x003a0000)] },
  { name: 'POWER5+', vendor: 'IBM', pvrs: [chip(0x003b0000)] },
  { name: '970', vendor: 'IBM', pvrs: [chip(0x00390000)] },
  { name: '970fx', vendor: 'IBM', pvrs: [chip(0x003c0000)] },
  { name: '970mp', vendor: 'IBM', pvrs: [chip(0x00440000)] },
  { name: '970gx', vendor: 'IBM', pvrs: [chip(0x00450000)] },
]

/** Chips of a generation that have a name of their own, with their register's upper half. */
const variants: Readonly<Record<string, { readonly model: string; readonly pvr: number }>> = {
  'POWER7+': { model: 'POWER7', pvr: 0x004a0000 },
  POWER8E: { model: 'POWER8', pvr: 0x004b0000 },
  POWER8NVL: { model: 'POWER8', pvr: 0x004c0000 },
}

/** Names of early documents, each for one revision; libvirt reads them as the generation. */
const oldNames: Readonly<Record<string, string>> = {
  'POWER7_v2.1': 'POWER7',
  'POWER7_v2.3': 'POWER7',
  'POWER7+_v2.1': 'POWER7',
  'POWER8_v1.0': 'POWER8',
}

/**
 * What a processor answers for when it is told to behave as an older one: the logical processor
 * version of PAPR's `cpu-version`, by the generation it stands for (Linux
 * arch/powerpc/include/asm/reg.h, PVR_ARCH_…; QEMU target/ppc/cpu-models.h, CPU_POWERPC_LOGICAL_…).
 */
const logicalPvrs: readonly (readonly [pvr: number, model: string])[] = [
  [0x0f000001, 'POWER5+'],
  [0x0f000002, 'POWER6'],
  [0x0f100002, 'POWER6'],
  [0x0f000003, 'POWER7'],
  [0x0f100003, 'POWER7'],
  [0x0f000004, 'POWER8'],
  [0x0f000005, 'POWER9'],
  [0x0f000006, 'POWER10'],
  [0x0f000007, 'POWER11'],
]

/** The model of this very name. */
export function modelByName(name: string | undefined): CpuModel | undefined {
  return cpuModels.find((model) => model.name === name)
}

/** The generation that a processor version register, real or logical, belongs to. */
export function modelByPvr(pvr: number): CpuModel | undefined {
  const logical = logicalPvrs.find(([value]) => value === pvr >>> 0)
  if (logical !== undefined) return modelByName(logical[1])
  return cpuModels.find((model) =>
    // `>>> 0`: the e5500's values have the sign bit set.
    (model.pvrs ?? []).some(({ value, mask }) => (pvr & mask) >>> 0 === value),
  )
}

/** A register that stands for this model, variant or compatibility mode. */
export function pvrOfName(name: string): number | undefined {
  const level = compatLevels.find((one) => one === name)
  if (level !== undefined) {
    const generation = level.toUpperCase()
    return logicalPvrs.find(([, model]) => model === generation)?.[0]
  }
  // POWER8 itself is the last of its chips, all others' own value is the first.
  if (name === 'POWER8') return 0x004d0000
  return own(variants, name)?.pvr ?? modelByName(canonicalModel(name))?.pvrs?.[0]?.value
}

/** The generation that is meant by an old name, or by a variant's. Other names stay as they are. */
export function canonicalModel(name: string): string {
  return own(oldNames, name) ?? own(variants, name)?.model ?? name
}

/** The name that is no longer used is replaced; a variant's stays. */
export function currentName(name: string): string {
  return own(oldNames, name) ?? name
}

export function isVariant(name: string): boolean {
  return own(variants, name) !== undefined
}

/** A name out of a document may be `constructor`. */
function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

/** Position of a Power generation, for "newer than"; nothing for other names. */
export function generationOf(name: string): number | undefined {
  const match = /^POWER(\d{1,2})$/i.exec(name)
  return match === null ? undefined : Number(match[1])
}

/** Compatibility modes that `max-cpu-compat` takes, oldest first (QEMU target/ppc/compat.c). */
export const compatLevels: readonly string[] = [
  'power6',
  'power7',
  'power8',
  'power9',
  'power10',
  'power11',
]

/** Compatibility modes of a processor, oldest first; none before POWER6. */
export function compatLevelsOf(model: string | undefined): readonly string[] {
  const generation = generationOf(canonicalModel(model ?? ''))
  if (generation === undefined) return []
  return compatLevels.filter((level) => (generationOf(level) ?? 0) <= generation)
}
