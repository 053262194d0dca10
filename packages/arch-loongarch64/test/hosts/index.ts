import { ls3a5000, ls3a6000 } from './desktops.ts'
import { treeGuest, uefiGuest } from './guests.ts'
import type { DescribedLoongson } from './parts.ts'
import { ls3c5000 } from './server.ts'

export const describedLoongsons: readonly DescribedLoongson[] = [
  ls3a5000,
  ls3a6000,
  ls3c5000,
  uefiGuest,
  treeGuest,
]
