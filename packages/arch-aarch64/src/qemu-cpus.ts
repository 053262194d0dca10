import type { QemuCapabilities } from '@polyvirt/core/arch'

/** One CPU of QEMU's that the virt board takes. */
export interface QemuCore {
  readonly name: string
  /** Instructions of 64 bits, or of 32 bits only. */
  readonly bits: 32 | 64
  /** Longest vector of its SVE in bits, in powers of two from 128 up; no SVE when missing. */
  readonly longestVector?: number
  /** Every multiple of 128 up to the longest, not only powers of two. */
  readonly anyVector?: boolean
  /** Signs pointers, and has a switch for that. */
  readonly pointerAuthentication?: boolean
}

/**
 * CPUs of the virt board (QEMU hw/arm/virt.c, `valid_cpus`) with what
 * `query-cpu-model-expansion` says of each; those that QEMU 7.2 lacks came with 8.0 to 8.2.
 */
export const boardCpus: readonly QemuCore[] = [
  { name: 'cortex-a7', bits: 32 },
  { name: 'cortex-a15', bits: 32 },
  { name: 'cortex-a35', bits: 64 },
  { name: 'cortex-a53', bits: 64 },
  { name: 'cortex-a55', bits: 64 },
  { name: 'cortex-a57', bits: 64 },
  { name: 'cortex-a72', bits: 64 },
  { name: 'cortex-a76', bits: 64 },
  { name: 'cortex-a710', bits: 64, longestVector: 128, pointerAuthentication: true },
  { name: 'a64fx', bits: 64, longestVector: 512 },
  { name: 'neoverse-n1', bits: 64 },
  { name: 'neoverse-v1', bits: 64, longestVector: 256, pointerAuthentication: true },
  { name: 'neoverse-n2', bits: 64, longestVector: 128, pointerAuthentication: true },
  { name: 'max', bits: 64, longestVector: 2048, anyVector: true, pointerAuthentication: true },
]

/**
 * Families that the board does not take, whatever QEMU's version: cores before Armv7-A with
 * virtualization, and those of microcontrollers.
 */
const neverOnBoard = /^(?:arm\d|cortex-[mr]\d|cortex-a[89]$|pxa|sa1[01]|ti925t|host$)/

export function boardCpu(name: string | undefined): QemuCore | undefined {
  return boardCpus.find((one) => one.name === name)
}

/** Does the board take this CPU? One that is too new to be listed here is QEMU's to judge. */
export function isOnBoard(name: string): boolean {
  return boardCpu(name) !== undefined || !neverOnBoard.test(name)
}

/** The board's CPUs that this QEMU has, in the order of {@link boardCpus}. */
export function offeredCpus({ cpus }: QemuCapabilities): readonly string[] {
  const has = new Set(cpus.map(({ name }) => name))
  return boardCpus.flatMap(({ name }) => (has.has(name) ? [name] : []))
}
