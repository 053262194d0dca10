import { ls3a5000, ls3a6000 } from './desktops.ts'
import { treeGuest, uefiGuest } from './guests.ts'
import type { KnownHost } from '@polyvirt/conformance'
import { ls3c5000 } from './server.ts'

export const describedLoongsons: readonly KnownHost[] = [
  ls3a5000,
  ls3a6000,
  ls3c5000,
  uefiGuest,
  treeGuest,
]
