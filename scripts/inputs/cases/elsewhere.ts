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
  {
    id: 'F-09',
    what: 'no file descriptor left, for a process or for all',
    where: 'scripts/faults',
  },
  { id: 'F-10', what: 'a quota that is used up', where: 'scripts/faults' },
  { id: 'F-17', what: 'a file handle that has gone stale', where: 'scripts/faults' },
]
