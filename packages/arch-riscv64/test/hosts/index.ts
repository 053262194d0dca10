import { premier, unmatched, visionFive2 } from './boards.ts'
import { emulated, underKvm } from './guests.ts'
import type { KnownHost } from '@polyvirt/conformance'
import { pioneer } from './pioneer.ts'

export const describedRiscvs: readonly KnownHost[] = [
  unmatched,
  visionFive2,
  premier,
  pioneer,
  emulated,
  underKvm,
]
