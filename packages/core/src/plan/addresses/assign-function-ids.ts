import { placeables } from '../defaults/defaulting.ts'
import type { Defaulting, Placeable } from '../defaults/defaulting.ts'
import { deviceOrder } from './device-order.ts'

/**
 * Gives every PCI function the platform's ids: what the document says stays, the rest counts up, `uid`
 * from 1 and `fid` from 0. Functions that the document placed come first, in libvirt's order.
 *
 * @param placed devices that were given a slot here, in that order.
 */
export function assignFunctionIds(d: Defaulting, placed: readonly Placeable[]): void {
  const fresh = new Set(placed)
  const all = deviceOrder.flatMap((kind) => placeables(d.domain, kind))
  const addresses = [...all.filter((device) => !fresh.has(device)), ...placed].flatMap(
    ({ address }) => (address?.type === 'pci' ? [address] : []),
  )
  const uids = counter(
    addresses.flatMap(({ uid }) => uid ?? []),
    1,
  )
  const fids = counter(
    addresses.flatMap(({ fid }) => fid ?? []),
    0,
  )
  for (const address of addresses) {
    address.uid ??= uids()
    address.fid ??= fids()
  }
}

/** Counts up past what is taken. */
function counter(taken: readonly number[], first: number): () => number {
  const used = new Set(taken)
  let next = first
  return () => {
    while (used.has(next)) next++
    return next++
  }
}
