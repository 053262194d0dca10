import { settle } from '../defaults/defaulting.ts'
import type { Defaulting, Placeable, PlaceableKind } from '../defaults/defaulting.ts'
import { devicesOf } from '../draft.ts'
import type { DeviceDraft, DomainDraft } from '../draft.ts'
import { isOpen } from './open-addresses.ts'
import { PciBuses } from './pci-buses.ts'
import type { PciWish } from './pci-buses.ts'
import type { PciLayout } from '../../arch/machine-builder.ts'

/** A device that wants a PCI address, with its place in the definition. */
export interface Candidate {
  readonly kind: PlaceableKind
  readonly device: Placeable
  readonly wish: PciWish
}

export function pciControllers(domain: DomainDraft): DeviceDraft<'controller'>[] {
  return devicesOf(domain, 'controller').filter((c) => c.type === 'pci')
}

/** The buses that the definition has, with what the board keeps of them. */
export function setUp(domain: DomainDraft, layout: PciLayout): PciBuses {
  const buses = new PciBuses((wish, there) => grow(wish, layout, there))
  const byIndex = new Map(pciControllers(domain).map((c) => [c.index ?? 0, c.model ?? '']))
  const last = Math.min(255, Math.max(0, ...byIndex.keys()))
  for (let index = 0; index <= last; index++) {
    buses.add(byIndex.get(index) ?? (index === 0 ? layout.root : layout.grow))
  }
  for (const at of layout.occupied) {
    buses.reserve({ type: 'pci', domain: 0, bus: 0, slot: at.slot, function: at.function })
  }
  return buses
}

/**
 * Which controllers make room: on a PCIe machine conventional devices need a bridge behind a port, and from
 * then on one behind that bridge, or behind the bridge from DMI that an older definition has.
 */
function grow(wish: PciWish, layout: PciLayout, buses: PciBuses): readonly string[] {
  if (layout.grow !== 'pcie-root-port') return [layout.grow]
  if (wish.connect === 'pci') {
    if (buses.accepts('pci-bridge')) return ['pci-bridge']
    return ['pcie-root-port', 'pcie-to-pci-bridge']
  }
  if (wish.connect === 'pci-bridge') return ['dmi-to-pci-bridge']
  if (wish.connect === 'pcie-switch-downstream-port') return ['pcie-switch-upstream-port']
  return wish.connect === 'pcie-root-port' || wish.connect === 'dmi-to-pci-bridge'
    ? []
    : ['pcie-root-port']
}

/**
 * The number of the next bus that a conventional device names on an Express board without a bridge is the
 * one that the bridge's port needs: as libvirt does, the device moves to the bus of the bridge.
 */
export function moveBehindBridge(
  d: Defaulting,
  layout: PciLayout,
  candidates: readonly Candidate[],
): void {
  const last = Math.max(0, ...pciControllers(d.domain).map(({ index = 0 }) => index))
  const beyond = ({ device: { address } }: Candidate): boolean =>
    address?.type === 'pci' && address.bus > last
  if (layout.grow !== 'pcie-root-port' || !candidates.some(beyond)) return
  const buses = setUp(d.domain, layout)
  for (const { kind, device, wish } of candidates) {
    const { address } = device
    if (address?.type !== 'pci' || isOpen(address)) continue
    const needsPort =
      wish.connect === 'pci' &&
      address.bus === buses.count &&
      grow(wish, layout, buses)[0] === 'pcie-root-port'
    const behind = needsPort ? { ...address, bus: address.bus + 1 } : address
    if (needsPort)
      settle(d, kind, device, behind, {
        rule: 'address/pci',
        reason: `bus ${address.bus} is the port of the bridge that it is plugged into`,
      })
    buses.reserve(behind, wish)
  }
}
