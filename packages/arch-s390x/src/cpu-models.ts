import type { CpuModel } from '@polyvirt/core/arch'

/** One machine of IBM's by the name that QEMU gives its processor. */
export interface Processor {
  readonly name: string
  /** Machine type, as STIDP and /proc/cpuinfo have it. */
  readonly type: number
  readonly generation: number
  /** Level of general availability within the generation: firmware that brought features. */
  readonly level: number
  readonly description: string
}

type Row = readonly [
  name: string,
  type: number,
  generation: number,
  level: number,
  description: string,
]

/** Types, generations and levels in order of release (QEMU target/s390x/cpu_models.c). */
const rows: readonly Row[] = [
  ['z900', 0x2064, 7, 1, 'IBM zSeries 900'],
  ['z900.2', 0x2064, 7, 2, 'IBM zSeries 900'],
  ['z900.3', 0x2064, 7, 3, 'IBM zSeries 900'],
  ['z800', 0x2066, 7, 3, 'IBM zSeries 800'],
  ['z990', 0x2084, 8, 1, 'IBM zSeries 990'],
  ['z990.2', 0x2084, 8, 2, 'IBM zSeries 990'],
  ['z990.3', 0x2084, 8, 3, 'IBM zSeries 990'],
  ['z890', 0x2086, 8, 3, 'IBM zSeries 890'],
  ['z990.4', 0x2084, 8, 4, 'IBM zSeries 990'],
  ['z890.2', 0x2086, 8, 4, 'IBM zSeries 890'],
  ['z990.5', 0x2084, 8, 5, 'IBM zSeries 990'],
  ['z890.3', 0x2086, 8, 5, 'IBM zSeries 890'],
  ['z9EC', 0x2094, 9, 1, 'IBM System z9 EC'],
  ['z9EC.2', 0x2094, 9, 2, 'IBM System z9 EC'],
  ['z9BC', 0x2096, 9, 2, 'IBM System z9 BC'],
  ['z9EC.3', 0x2094, 9, 3, 'IBM System z9 EC'],
  ['z9BC.2', 0x2096, 9, 3, 'IBM System z9 BC'],
  ['z10EC', 0x2097, 10, 1, 'IBM System z10 EC'],
  ['z10EC.2', 0x2097, 10, 2, 'IBM System z10 EC'],
  ['z10BC', 0x2098, 10, 2, 'IBM System z10 BC'],
  ['z10EC.3', 0x2097, 10, 3, 'IBM System z10 EC'],
  ['z10BC.2', 0x2098, 10, 3, 'IBM System z10 BC'],
  ['z196', 0x2817, 11, 1, 'IBM zEnterprise 196'],
  ['z196.2', 0x2817, 11, 2, 'IBM zEnterprise 196'],
  ['z114', 0x2818, 11, 2, 'IBM zEnterprise 114'],
  ['zEC12', 0x2827, 12, 1, 'IBM zEnterprise EC12'],
  ['zEC12.2', 0x2827, 12, 2, 'IBM zEnterprise EC12'],
  ['zBC12', 0x2828, 12, 2, 'IBM zEnterprise BC12'],
  ['z13', 0x2964, 13, 1, 'IBM z13'],
  ['z13.2', 0x2964, 13, 2, 'IBM z13'],
  ['z13s', 0x2965, 13, 2, 'IBM z13s'],
  ['z14', 0x3906, 14, 1, 'IBM z14'],
  ['z14.2', 0x3906, 14, 2, 'IBM z14'],
  ['z14ZR1', 0x3907, 14, 1, 'IBM z14 ZR1'],
  ['gen15a', 0x8561, 15, 1, 'IBM z15 T01'],
  ['gen15b', 0x8562, 15, 1, 'IBM z15 T02'],
  ['gen16a', 0x3931, 16, 1, 'IBM z16 A01'],
  ['gen16b', 0x3932, 16, 1, 'IBM z16 A02'],
  ['gen17a', 0x9175, 17, 1, 'IBM z17 ME1'],
  ['gen17b', 0x9176, 17, 1, 'IBM z17'],
]

export const processors: readonly Processor[] = rows.map(
  ([name, type, generation, level, description]) => ({
    name,
    type,
    generation,
    level,
    description,
  }),
)

/** What `-base` and the plain name have in common is the machine. */
export const withoutBase = (name: string): string => name.replace(/-base$/, '')

export function processorByName(name: string | undefined): Processor | undefined {
  const wanted = withoutBase(name ?? '')
  return processors.find((one) => one.name === wanted)
}

/** Machines of this type by level, oldest first: nothing that a kernel shows tells the level. */
export function processorsByType(type: number): readonly Processor[] {
  return processors.filter((one) => one.type === type)
}

/** Is the first at least as new as the second? Machines of two sizes are alike. */
export function isAsNew(a: Processor, b: Processor): boolean {
  return a.generation > b.generation || (a.generation === b.generation && a.level >= b.level)
}

/** QEMU's own names that stand for no machine: what they are is each QEMU's and accelerator's affair. */
const machineless = ['qemu', 'max'] as const

export const isMachineless = (name: string | undefined): boolean =>
  machineless.some((one) => one === name)

/**
 * Each machine twice: `-base` has what all of its kind have, for good; the plain name what an emulator
 * makes of it. Then those that stand for no machine.
 */
export const cpuModels: readonly CpuModel[] = [
  ...processors.flatMap(({ name }) => [
    { name: `${name}-base`, vendor: 'IBM' },
    { name, vendor: 'IBM' },
  ]),
  ...machineless.map((name) => ({ name })),
]
