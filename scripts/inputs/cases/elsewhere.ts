import type { Numbered } from '../support/catalogue.ts'

/** Why a number has no test beside the others. */
export interface Elsewhere extends Numbered {
  readonly where: string
}

/** Inputs whose whole cannot be given in milliseconds in one process; nothing here has no test. */
export const elsewhere: readonly Elsewhere[] = [
  {
    id: 'F-08',
    what: 'EIO at every write, fsync, rename, unlink and open',
    where: 'scripts/faults',
  },
]
