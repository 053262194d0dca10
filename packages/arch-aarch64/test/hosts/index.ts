import { altra } from './altra.ts'
import { macBook, rockPro64 } from './big-little.ts'
import { graviton2, graviton3 } from './graviton.ts'
import type { KnownHost } from '@polyvirt/conformance'
import { raspberryPi4, raspberryPi5 } from './raspberry-pi.ts'
import { thunderX2 } from './thunderx2.ts'
import { kvmGuest, tcgGuest } from './virt-guest.ts'

export const describedArms: readonly KnownHost[] = [
  altra,
  graviton2,
  graviton3,
  thunderX2,
  raspberryPi4,
  raspberryPi5,
  rockPro64,
  macBook,
  tcgGuest,
  kvmGuest,
]
