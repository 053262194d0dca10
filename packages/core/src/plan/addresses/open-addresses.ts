import type { Address } from '../../domain/address.ts'
import { deviceKinds } from '../../domain/devices.ts'
import type { DeviceKind } from '../../domain/devices.ts'
import { rowKey } from '../allow-list.ts'
import type { DomainDraft } from '../draft.ts'
import type { Placeable } from '../defaults/defaulting.ts'
import type { PlanContext } from '../plan-context.ts'

/** Is this address only a wish for PCI, without a slot? */
export function isOpen(address: Pick<Address, 'type'> | undefined): boolean {
  return address?.type === 'pci' && (address as { readonly open?: boolean }).open === true
}

/**
 * A wish for PCI counts where a device can also be elsewhere: there it chooses the bus. Anywhere else
 * it says what is so in any case, or cannot be, and is libvirt's way to say that no address is given.
 */
export function dropOpenAddresses(domain: DomainDraft, context: PlanContext): void {
  for (const kind of deviceKinds) {
    for (const device of (domain.devices[kind] ?? []) as Placeable[]) {
      const { address } = device
      if (isOpen(address) && !hasIds(address) && !hasChoice(kind, device, context))
        delete device.address
    }
  }
}

/** Ids of a function are the document's own, wherever the function will be. */
function hasIds(address: Address | undefined): boolean {
  return address?.type === 'pci' && (address.uid !== undefined || address.fid !== undefined)
}

function hasChoice(kind: DeviceKind, device: Placeable, context: PlanContext): boolean {
  const at = rowKey(kind, device as never)
  const models = at === undefined ? undefined : context.arch.devices[at.row]?.models
  if (at === undefined || models === undefined) return false
  const own = Object.hasOwn(models, at.key) ? models[at.key] : undefined
  // Which model it is may be said later.
  const candidates = own === undefined ? Object.values(models) : [own]
  return candidates.some(({ others = [] }) => others.some(({ bus }) => bus === 'pci'))
}

/** What found no slot has no address. */
export function forgetOpenAddresses(domain: DomainDraft): void {
  for (const kind of deviceKinds)
    for (const device of (domain.devices[kind] ?? []) as Placeable[])
      if (isOpen(device.address)) delete device.address
}
