import type { Arch } from '@polyvirt/core/arch'

/** The minimal architecture, broken in one way. */
export interface Mutant {
  /** What is wrong with it, as a sentence. */
  readonly flaw: string
  readonly arch: Arch
  /** The test of the suite that must fail, and what its error must speak of. */
  readonly caughtBy: string
  readonly because: RegExp
}
