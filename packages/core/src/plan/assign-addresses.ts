import type { CompleteDomain } from './apply-defaults.ts'
import { assignChannels } from './addresses/assign-channels.ts'
import { assignMmio } from './addresses/assign-mmio.ts'
import { assignPci } from './addresses/assign-pci.ts'
import { forgetOpenAddresses } from './addresses/open-addresses.ts'
import { assignRegisters } from './addresses/assign-registers.ts'
import { assignCardSlots, assignMemorySlots } from './addresses/assign-slots.ts'
import { assignUsb } from './addresses/assign-usb.ts'
import { assignVirtioSerial } from './addresses/assign-virtio-serial.ts'
import { mirrorConsole } from './defaults/consoles.ts'
import { dropEmptyKinds } from './draft.ts'
import type { DomainDraft } from './draft.ts'
import type { Notes } from './notes.ts'
import type { PlanContext } from './plan-context.ts'

/** A complete domain in which every device that has a bus to go to has its place on it. */
export type AddressedDomain = CompleteDomain

/**
 * Gives every device its place: what the user wrote stays and is taken first, the rest follows in
 * libvirt's order. What finds no place stays without one; validation names it. The domain is changed in
 * place: it is what {@link applyDefaults} has just made, and nobody else has it.
 */
export function assignAddresses(
  domain: CompleteDomain,
  context: PlanContext,
  notes: Notes,
): AddressedDomain {
  const draft = domain as unknown as DomainDraft
  const d = { domain: draft, context, notes }
  assignVirtioSerial(d)
  assignMemorySlots(d)
  assignCardSlots(d)
  assignRegisters(d)
  assignChannels(d)
  assignMmio(d)
  assignPci(d)
  forgetOpenAddresses(draft)
  assignUsb(d)
  mirrorConsole(d)
  dropEmptyKinds(draft)
  return draft as unknown as AddressedDomain
}
