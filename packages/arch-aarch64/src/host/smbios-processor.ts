import type { ProcessorId } from '@polyvirt/core/arch'
import { readMidr } from '../midr.ts'

/** Families of Arm processors (DMTF DSP0134, table 23), in dmidecode's words. */
export const processorFamilies: ReadonlyMap<number, string> = new Map([
  [0x100, 'ARMv7'],
  [0x101, 'ARMv8'],
  [0x102, 'ARMv9'],
  [0x118, 'ARM'],
  [0x119, 'StrongARM'],
])

/** The id of an Arm processor is its MIDR (DSP0134, 7.5.3.4); dmidecode writes its fields out. */
export function processorSignature({ low }: ProcessorId): string | undefined {
  if (low === 0) return undefined
  const { implementer, variant, part, revision } = readMidr(low)
  const hex = (value: number, width: number): string =>
    `0x${value.toString(16).padStart(width, '0')}`
  const architecture = (low >>> 16) & 0xf
  return `Implementer ${hex(implementer, 2)}, Variant ${hex(variant, 1)}, Architecture ${architecture}, Part ${hex(part, 3)}, Revision ${revision}`
}
