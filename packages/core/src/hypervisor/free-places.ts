import type { Domain } from '../domain/domain.ts'
import { DomainError } from '../errors.ts'
import type { Store } from '../store/index.ts'
import { pickPorts } from './ports.ts'
import type { PickedPorts } from './ports.ts'
import { pickedCid } from './vsock-cid.ts'

/** Ports, and an address on vsock, that are free as far as is known. */
export type Picked = PickedPorts & { readonly vsockCid?: number }

/** How often somebody else may have a display's port, or an address, between our look at it and QEMU's. */
const mostRaces = 10

/** Starts with ports and an address that are free; where one is taken at that very moment, with the next ones. */
export async function withFreePlaces<T>(
  domain: Domain,
  store: Store,
  launch: (picked: Picked) => Promise<T>,
): Promise<T> {
  const lost = new Set<number>()
  const lostCids = new Set<number>()
  for (;;) {
    const picked = { ...(await pickPorts(domain, lost)), ...pickedCid(domain, store, lostCids) }
    try {
      return await launch(picked)
    } catch (error) {
      const { vsockCid, ports, websockets } = picked
      const taken = error instanceof DomainError && /Address already in use/.test(error.message)
      if (!taken) throw error
      if (vsockCid !== undefined && error.message.includes('guest cid')) {
        if (lostCids.size > mostCids) throw error
        lostCids.add(vsockCid)
        continue
      }
      const tried = [...Object.values(ports), ...Object.values(websockets)]
      if (tried.length === 0 || lost.size > mostRaces) throw error
      for (const port of tried) lost.add(port)
    }
  }
}

/** Guests of others that may have an address before one is found that is free; each costs a start of QEMU. */
const mostCids = 50
