import { premier, unmatched, visionFive2 } from './boards.ts'
import { emulated, underKvm } from './guests.ts'
import type { DescribedRiscv } from './parts.ts'
import { pioneer } from './pioneer.ts'

export const describedRiscvs: readonly DescribedRiscv[] = [
  unmatched,
  visionFive2,
  premier,
  pioneer,
  emulated,
  underKvm,
]
