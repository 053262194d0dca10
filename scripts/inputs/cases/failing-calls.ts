import type { Numbered } from '../support/catalogue.ts'

/** A system call of a command that fails. */
export interface FailingCall extends Numbered {
  readonly error: 'EMFILE' | 'ENFILE' | 'EDQUOT' | 'ESTALE'
  readonly call: 'openat' | 'pwrite64' | 'fsync'
  /** Below the root; `$$` is the command's pid. */
  readonly path: string
  /** `define`, of what is not there; `start`; `save`, of a guest that runs. */
  readonly command: 'define' | 'start' | 'save'
  /** What the error names. */
  readonly says: RegExp
}

const database = 'lib/polyvirt.db'
const journal = 'lib/polyvirt.db-wal'
const image = 'guest.save.$$.partial'

export const failingCalls: readonly FailingCall[] = [
  { id: 'F-09', what: 'no file descriptor left for the process: define', error: 'EMFILE', call: 'openat', path: database, command: 'define', says: /polyvirt\.db/ },
  { id: 'F-09', what: 'no file descriptor left for all: define', error: 'ENFILE', call: 'openat', path: database, command: 'define', says: /polyvirt\.db/ },
  { id: 'F-09', what: 'no file descriptor left for all: start', error: 'ENFILE', call: 'openat', path: 'log/guest.log', command: 'start', says: /guest\.log/ },
  { id: 'F-10', what: 'a quota that is used up: define', error: 'EDQUOT', call: 'pwrite64', path: journal, command: 'define', says: /polyvirt\.db/ },
  { id: 'F-10', what: 'a quota that is used up: save', error: 'EDQUOT', call: 'pwrite64', path: image, command: 'save', says: /EDQUOT/ },
  { id: 'F-17', what: 'a file handle that has gone stale: define, at open', error: 'ESTALE', call: 'openat', path: database, command: 'define', says: /polyvirt\.db/ },
  { id: 'F-17', what: 'a file handle that has gone stale: define, at fsync', error: 'ESTALE', call: 'fsync', path: journal, command: 'define', says: /polyvirt\.db/ },
  { id: 'F-17', what: 'a file handle that has gone stale: save', error: 'ESTALE', call: 'pwrite64', path: image, command: 'save', says: /ESTALE/ },
] // prettier-ignore
