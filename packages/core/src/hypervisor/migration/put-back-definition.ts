import type { DomainDefinition, Store } from '../../store/index.ts'

/** After a failed migration the destination has the definition that it had before, or none again. */
export function putBackDefinition(
  store: Store,
  uuid: string,
  before: DomainDefinition | undefined,
): void {
  const now = store.get(uuid)?.domain
  if (before !== undefined) {
    if (now?.xml !== before.xml) store.define(before)
    return
  }
  if (now?.persistent === true) store.undefine(uuid)
}
