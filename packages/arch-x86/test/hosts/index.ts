import { alderLake } from './alder-lake.ts'
import { coffeeLake } from './coffee-lake.ts'
import { diamondville } from './diamondville.ts'
import { epycGuest } from './epyc-guest.ts'
import { epycNaples } from './epyc-naples.ts'
import { geminiLake } from './gemini-lake.ts'
import { iceLakeServer } from './ice-lake-server.ts'
import { knightsMill } from './knights-mill.ts'
import { openstackGuest } from './openstack-guest.ts'
import type { KnownHost } from '@polyvirt/conformance'

export const describedPcs: readonly KnownHost[] = [
  alderLake,
  coffeeLake,
  diamondville,
  epycGuest,
  epycNaples,
  geminiLake,
  iceLakeServer,
  knightsMill,
  openstackGuest,
]
