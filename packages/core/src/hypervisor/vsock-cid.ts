import type { Vsock } from '../domain/devices/vsock.ts'
import type { Domain } from '../domain/domain.ts'
import type { Store } from '../store/index.ts'

/** 0 to 2 are the hypervisor's, this machine's and the host's (vsock(7)). */
const firstCid = 3

/** Does polyvirt choose the guest's address? */
export function isChosen({ auto, cid }: Vsock): boolean {
  return auto === true || cid === undefined
}

/**
 * An address on the host's vsock for a guest that takes any: the first that no guest of this root has. Who else has
 * one is known to the kernel alone, which says so when QEMU asks for it; `lost` are those.
 */
export function pickCid(store: Store, lost: ReadonlySet<number> = new Set()): number {
  const taken = new Set(lost)
  for (const { active } of store.list()) {
    const written = /<cid [^>]*address='(\d+)'/.exec(active?.xml ?? '')?.[1]
    if (written !== undefined) taken.add(Number(written))
  }
  let cid = firstCid
  while (taken.has(cid)) cid++
  return cid
}

/** The same for a domain that has such a card. */
export function pickedCid(
  { devices }: Domain,
  store: Store,
  lost: ReadonlySet<number>,
): { readonly vsockCid?: number } {
  const [vsock] = devices.vsock ?? []
  return vsock !== undefined && isChosen(vsock) ? { vsockCid: pickCid(store, lost) } : {}
}
