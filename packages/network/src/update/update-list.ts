import { domainError } from '@polyvirt/core/driver'
import type { NetworkUpdate } from '@polyvirt/core/driver'

/** How an entry of a list is told from the others. */
export interface Match<T> {
  /** For messages: `dhcp host entry in network 'x'`. */
  readonly what: string
  readonly same: (one: T) => boolean
  /** Its name is all there is of it: taken out and added anew, not changed. */
  readonly noModify?: true
}

export interface ListUpdate<T> {
  readonly update: NetworkUpdate
  readonly match: Match<T>
}

/** @throws DomainError `ERR_OPERATION_INVALID` where an entry is there already, or is not. */
export function updateList<T>(
  entries: readonly T[],
  entry: T,
  { update: { command }, match: { what, same, noModify } }: ListUpdate<T>,
): readonly T[] {
  const at = entries.findIndex(same)
  const refuse = (message: string): never => {
    throw domainError('ERR_OPERATION_INVALID', message)
  }
  if (command === 'add-first' || command === 'add-last') {
    if (at !== -1) refuse(`there is an existing ${what} that matches`)
    return command === 'add-first' ? [entry, ...entries] : [...entries, entry]
  }
  if (command === 'modify' && noModify === true) {
    const message = `a ${what} cannot be modified, only added or deleted`
    throw domainError('ERR_OPERATION_UNSUPPORTED', message)
  }
  if (at === -1) refuse(`couldn't locate a matching ${what}`)
  if (command === 'delete') return entries.filter((_, i) => i !== at)
  return entries.map((one, i) => (i === at ? entry : one))
}
