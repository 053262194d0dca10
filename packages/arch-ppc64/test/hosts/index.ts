import type { KnownHost } from '@polyvirt/conformance'
import { power7 } from './power7.ts'
import { power8 } from './power8.ts'
import { power9Gpu, power9Smt4, power9SmtOff } from './power9.ts'
import { powermac } from './powermac.ts'
import { powervm10, powervm9 } from './powervm.ts'
import { pseriesGuest } from './pseries-guest.ts'

export const describedPowers: readonly KnownHost[] = [
  power7,
  power8,
  power9Smt4,
  power9SmtOff,
  power9Gpu,
  powervm9,
  powervm10,
  pseriesGuest,
  powermac,
]
