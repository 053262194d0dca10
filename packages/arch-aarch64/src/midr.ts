/**
 * Main ID Register: implementer, variant, architecture, part and revision of a core
 * (Arm DDI 0487, MIDR_EL1).
 */
export interface Midr {
  readonly implementer: number
  readonly variant: number
  readonly part: number
  readonly revision: number
}

/** The architecture field of everything since Armv7: features say what the core can. */
const byFeatures = 0xf

/** What tells one kind of core from another: implementer and part. */
export const midrMask = 0xff00fff0

export function midrOf({ implementer, variant, part, revision }: Midr): number {
  return ((implementer << 24) | (variant << 20) | (byFeatures << 16) | (part << 4) | revision) >>> 0
}

export function readMidr(value: number): Midr {
  return {
    implementer: value >>> 24,
    variant: (value >>> 20) & 0xf,
    part: (value >>> 4) & 0xfff,
    revision: value & 0xf,
  }
}

/** Two registers of one kind of core, whatever its variant and revision. */
export function sameCore(a: number, b: number): boolean {
  return ((a ^ b) & midrMask) === 0
}
