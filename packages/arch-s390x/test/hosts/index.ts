import { kvmGuest, tcgGuest } from './guests.ts'
import type { KnownHost } from '@polyvirt/conformance'
import { z13Lpar } from './z13-lpar.ts'
import { z15Lpar } from './z15-lpar.ts'
import { z196Lpar, zvmGuest } from './z196.ts'

export const describedZs: readonly KnownHost[] = [
  z196Lpar,
  z13Lpar,
  z15Lpar,
  zvmGuest,
  kvmGuest,
  tcgGuest,
]
