import { fill, noteDevice, placeables, settle } from '../defaults/defaulting.ts'
import type { Defaulting, Placeable, PlaceableKind } from '../defaults/defaulting.ts'
import { appendController } from '../defaults/controllers.ts'
import { devicesOf } from '../draft.ts'
import type { DeviceDraft, DomainDraft, Draft } from '../draft.ts'
import { Notes } from '../notes.ts'
import { assignFunctionIds } from './assign-function-ids.ts'
import { isOpen } from './open-addresses.ts'
import type { PciBuses } from './pci-buses.ts'
import { moveBehindBridge, pciControllers, setUp } from './pci-growth.ts'
import type { Candidate } from './pci-growth.ts'
import { pciWish } from './pci-wish.ts'
import type { PciAddress } from '../../domain/address.ts'
import type { DeviceOf } from '../../domain/devices.ts'
import type { PciLayout, PciPlace } from '../../arch/machine-builder.ts'

/**
 * Hands out PCI addresses in libvirt's order. A first round, taken back, finds how many buses are
 * needed; then the missing controllers are added and the second round is for keeps.
 */
export function assignPci(d: Defaulting): void {
  const layout = d.context.profile.pci
  if (layout === undefined) return
  numberBuses(d)
  const written = new Set(pciControllers(d.domain).filter((c) => c.address !== undefined))
  const before = inOrder(d)
  const placedBefore = new Set(onPci(before))
  const given = highestIndex(d.domain)
  moveBehindBridge(d, layout, before)
  const tried = tryPlacing(d, layout, before)
  spare(tried, layout, given)
  addMissingControllers(d, tried, layout)
  numberBuses(d)
  const candidates = inOrder(d)
  place(d, layout, { candidates })
  dropLonelyMultifunction(d, written, candidates)
  joinFunctions(candidates)
  finishControllers(d, layout)
  if (layout.idDevice !== undefined)
    assignFunctionIds(
      d,
      onPci(candidates).filter((device) => !placedBefore.has(device)),
    )
}

/** Devices that have a slot, in the order in which slots are handed out. */
function onPci(candidates: readonly Candidate[]): Placeable[] {
  return candidates.map(({ device }) => device).filter(hasSlot)
}

function hasSlot({ address }: Placeable): boolean {
  return address?.type === 'pci' && !isOpen(address)
}

/** A round of which only the buses are kept: whoever had no place before has none afterwards. */
function tryPlacing(d: Defaulting, layout: PciLayout, candidates: readonly Candidate[]): PciBuses {
  const addresses = candidates.map(({ device }) => device.address)
  const buses = place({ ...d, notes: new Notes() }, layout, { candidates, trial: true })
  for (const [i, { device }] of candidates.entries()) {
    const address = addresses[i]
    if (address === undefined) delete device.address
    else device.address = address
  }
  return buses
}

function addressesOf(candidates: readonly Candidate[]): Draft<PciAddress>[] {
  return candidates.flatMap(({ device: { address } }) => (address?.type === 'pci' ? [address] : []))
}

/** A slot whose other functions are in use says so, or QEMU would take none of them. */
function joinFunctions(candidates: readonly Candidate[]): void {
  const all = addressesOf(candidates)
  const slotOf = ({ domain, bus, slot }: PciAddress): string => `${domain}:${bus}:${slot}`
  const several = new Set(all.filter(({ function: fn }) => fn !== 0).map(slotOf))
  for (const address of all)
    if (address.function === 0 && several.has(slotOf(address))) address.multifunction ??= true
}

/** A slot says that it holds several functions only when it does. */
function dropLonelyMultifunction(
  d: Defaulting,
  written: ReadonlySet<DeviceDraft<'controller'>>,
  candidates: readonly Candidate[],
): void {
  const all = addressesOf(candidates)
  for (const controller of pciControllers(d.domain)) {
    // What the document says stays.
    if (written.has(controller)) continue
    const { address } = controller
    if (address?.type !== 'pci' || address.multifunction !== true) continue
    const shared = all.some(
      (other) =>
        other !== address &&
        other.bus === address.bus &&
        other.slot === address.slot &&
        other.function !== 0,
    )
    if (!shared) delete address.multifunction
  }
}

function highestIndex(domain: DomainDraft): number {
  const indexes = pciControllers(domain).map((c) => c.index ?? 0)
  return Math.max(0, ...indexes)
}

/** Root ports on a fresh definition come with one to spare, so that something can be plugged in. */
function spare(buses: PciBuses, layout: PciLayout, given: number): void {
  if (layout.grow === 'pcie-root-port') {
    if (given === 0 && buses.count > 1) buses.next({ connect: 'pcie' })
  }
}

interface Round {
  readonly candidates: readonly Candidate[]
  readonly trial?: boolean
}

function place(d: Defaulting, layout: PciLayout, { candidates, trial }: Round): PciBuses {
  const buses = setUp(d.domain, layout)
  for (const { device, wish } of candidates) {
    const { address } = device
    if (address?.type === 'pci' && !isOpen(address)) buses.reserve(address, wish)
  }
  placeFixed(d, buses, {
    candidates,
    layout,
    trial,
    spots: layout.places.filter((one) => one.last !== true),
  })
  // One conventional slot stays free for a bridge that may be needed later.
  if (trial === true && layout.root === 'pci-root' && !buses.full) buses.next({ connect: 'pci' })
  const last = layout.places.filter((one) => one.last === true)
  for (const candidate of candidates) {
    const { kind, device } = candidate
    if (last.some((spot) => spot.kind === kind && agrees(device, spot))) continue
    if (device.address === undefined || isOpen(device.address)) placeNext(d, buses, candidate)
  }
  placeFixed(d, buses, { candidates, layout, spots: last })
  return buses
}

/** PCI devices in the order in which libvirt gives them slots. */
function inOrder(d: Defaulting): Candidate[] {
  const { domain, context } = d
  const found: Candidate[] = []
  // Only devices of that type, or only those of other types.
  const take = (kind: PlaceableKind, type?: string, other = false): void => {
    for (const device of placeables(domain, kind)) {
      if (type !== undefined && ((device as { type?: string }).type === type) === other) continue
      const wish = pciWish(kind, device as DeviceOf<PlaceableKind>, context)
      if (wish !== undefined) found.push({ kind, device, wish })
    }
  }
  take('controller', 'pci')
  take('filesystem')
  take('interface', 'hostdev', true)
  take('sound')
  take('controller', 'pci', true)
  take('disk')
  // A card of the host is one of the host's devices, and the first of them.
  take('interface', 'hostdev')
  take('hostdev')
  take('memballoon')
  take('rng')
  take('watchdog')
  take('video')
  take('shmem')
  take('input')
  take('serial')
  take('panic')
  take('memory')
  take('iommu')
  take('vsock')
  take('crypto')
  return found
}

interface Fixed {
  readonly candidates: readonly Candidate[]
  readonly layout: PciLayout
  readonly spots: readonly PciPlace[]
  readonly trial?: boolean | undefined
}

/** Devices that the board or custom put in a certain slot. */
function placeFixed(
  d: Defaulting,
  buses: PciBuses,
  { candidates, layout, spots, trial }: Fixed,
): void {
  for (const spot of spots) {
    const candidate = candidates.find(
      (c) => c.kind === spot.kind && c.device.address === undefined && agrees(c.device, spot),
    )
    if (candidate === undefined) continue
    const free = spot.at.find(
      (at) =>
        spot.fixed === true ||
        companionSlot(d, candidate) === at.slot ||
        (at.function > 0 ? buses.isFree({ bus: 0, ...at }) : buses.isSlotFree(0, at.slot)),
    )
    if (free !== undefined) {
      give(
        d,
        buses,
        candidate,
        { type: 'pci', domain: 0, bus: 0, ...free },
        spot.fixed === true ? 'the board has it there' : 'where such a device stands by custom',
      )
    } else if (spot.kind === 'video') {
      if (layout.root === 'pci-root') placeNextOnRoot(d, buses, candidate)
      // While room is looked for, libvirt counts it here and among all others: a port more than is needed.
      else if (trial === true) buses.next(candidate.wish)
      else placeNext(d, buses, candidate)
    }
  }
}

/** The slot in which this USB controller's group already stands. */
function companionSlot(d: Defaulting, candidate: Candidate): number | undefined {
  return companionAddress(d, candidate)?.slot
}

/** A primary video card whose slot is taken still belongs on a conventional root; on an Express one it is the first of all others. */
function placeNextOnRoot(d: Defaulting, buses: PciBuses, candidate: Candidate): void {
  for (let slot = 1; slot < 32; slot++) {
    if (!buses.isSlotFree(0, slot)) continue
    give(
      d,
      buses,
      candidate,
      { type: 'pci', domain: 0, bus: 0, slot, function: 0 },
      'the first free slot of the root bus',
    )
    return
  }
}

function agrees(device: object, spot: PciPlace): boolean {
  const values = device as Readonly<Record<string, unknown>>
  const where = spot.where as Readonly<Record<string, unknown>>
  for (const key in where) if (values[key] !== where[key]) return false
  return true
}

function placeNext(d: Defaulting, buses: PciBuses, candidate: Candidate): void {
  const companion = companionAddress(d, candidate)
  if (companion !== undefined) {
    give(d, buses, candidate, companion, 'USB1 companions share the slot of their EHCI controller')
    return
  }
  const address = buses.next(candidate.wish)
  if (address !== undefined) assign(d, candidate, address, 'the next free slot')
}

/** Functions of the USB companions within their slot (ICH9 datasheet, chapter 5.20). */
const companionFunctions: ReadonlyMap<string, number> = new Map([
  ['ich9-ehci1', 7],
  ['ich9-uhci1', 0],
  ['ich9-uhci2', 1],
  ['ich9-uhci3', 2],
])

function companionAddress(d: Defaulting, candidate: Candidate): PciAddress | undefined {
  if (candidate.kind !== 'controller') return undefined
  const controller = candidate.device as DeviceDraft<'controller'>
  const fn = companionFunctions.get(controller.model ?? '')
  if (controller.type !== 'usb' || fn === undefined) return undefined
  const sibling = devicesOf(d.domain, 'controller').find(
    (c) =>
      c !== controller &&
      c.type === 'usb' &&
      c.index === controller.index &&
      c.address?.type === 'pci' &&
      companionFunctions.has(c.model ?? ''),
  )
  if (sibling?.address?.type !== 'pci') return undefined
  const { multifunction: _, ...at } = sibling.address
  return { ...at, function: fn, ...(fn === 0 && { multifunction: true }) }
}

function give(
  d: Defaulting,
  buses: PciBuses,
  candidate: Candidate,
  address: PciAddress,
  reason: string,
): void {
  buses.reserve(address, candidate.wish)
  assign(d, candidate, address, reason)
}

function assign(d: Defaulting, candidate: Candidate, address: PciAddress, reason: string): void {
  const { address: before } = candidate.device
  const ids = before?.type === 'pci' ? pickIds(before) : {}
  const own = { ...companionOf(candidate, address), ...ids }
  settle(d, candidate.kind, candidate.device, own, { rule: 'address/pci', reason })
}

/** Ids that the document gives a function whose slot it leaves open. */
function pickIds({ uid, fid }: Pick<PciAddress, 'uid' | 'fid'>): Pick<PciAddress, 'uid' | 'fid'> {
  return { ...(uid !== undefined && { uid }), ...(fid !== undefined && { fid }) }
}

/** A companion that gets a slot of its own still takes its own function in it. */
function companionOf(candidate: Candidate, address: PciAddress): PciAddress {
  if (candidate.kind !== 'controller') return address
  const { type, model } = candidate.device as DeviceDraft<'controller'>
  const fn = type === 'usb' ? companionFunctions.get(model ?? '') : undefined
  if (fn === undefined || address.function !== 0) return address
  return { ...address, function: fn, ...(fn === 0 && { multifunction: true }) }
}

/** Adds the controllers that the first round found missing. */
function addMissingControllers(d: Defaulting, tried: PciBuses, layout: PciLayout): void {
  for (let index = 0; index < tried.count; index++) {
    if (pciControllers(d.domain).some((c) => c.index === index)) continue
    const controller: DeviceDraft<'controller'> = {
      type: 'pci',
      index,
      model: tried.modelAt(index) ?? layout.grow,
    }
    const at = appendController(d.domain, controller)
    noteDevice(d, 'controller', at, controller, {
      rule: `machine/${d.context.profile.name}/pci`,
      reason: 'the devices need one more PCI bus',
      arch: true,
    })
  }
}

/** Host bridges get their numbers before devices can be placed behind them. */
function numberBuses(d: Defaulting): void {
  const layout = d.context.profile.pci
  if (layout?.multipleRoots !== true) return
  const roots = pciControllers(d.domain).filter((c) => c.model === 'pci-root')
  const taken = new Set(roots.flatMap((c) => c.targetIndex ?? []))
  for (const root of roots) {
    if (root.targetIndex !== undefined) continue
    let number = root.index === 0 ? 0 : 1
    while (taken.has(number)) number++
    taken.add(number)
    fill(d, 'controller', root, 'targetIndex', number, {
      rule: 'controller/target-index',
      reason: 'host bridges are numbered',
    })
  }
}

/** QEMU's device for each model, and by what the guest tells bridges apart. */
export const modelNames: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    'pci-bridge': ['pci-bridge'],
    'dmi-to-pci-bridge': ['i82801b11-bridge'],
    'pcie-to-pci-bridge': ['pcie-pci-bridge'],
    'pcie-root-port': ['pcie-root-port', 'ioh3420'],
    'pcie-switch-upstream-port': ['x3130-upstream'],
    'pcie-switch-downstream-port': ['xio3130-downstream'],
    'pci-expander-bus': ['pxb'],
    'pcie-expander-bus': ['pxb-pcie'],
  }),
)

/** The buses of the guest that expanders count down from: each leaves one for what is behind it. */
function lowestBus(domain: DomainDraft): number {
  return Math.min(256, ...pciControllers(domain).flatMap(({ busNr }) => busNr ?? []))
}

function finishControllers(d: Defaulting, layout: PciLayout): void {
  const why = { rule: 'controller/pci', reason: 'how QEMU builds and tells apart its bridges' }
  for (const controller of pciControllers(d.domain)) {
    const { model = '', index = 0, address } = controller
    const name =
      model === 'pci-root' || model === 'pcie-root' ? layout.rootName : modelNames.get(model)?.[0]
    fill(d, 'controller', controller, 'modelName', name, why)
    if (model === 'pci-bridge') fill(d, 'controller', controller, 'chassisNr', index, why)
    if (model === 'pci-expander-bus' || model === 'pcie-expander-bus')
      fill(d, 'controller', controller, 'busNr', lowestBus(d.domain) - 2, why)
    if (model === 'pcie-root-port' || model === 'pcie-switch-downstream-port') {
      fill(d, 'controller', controller, 'chassis', index, why)
      if (address?.type === 'pci') {
        // A root port has a slot for eight of its kind, a switch one for each.
        const { slot, function: fn } = address
        fill(
          d,
          'controller',
          controller,
          'port',
          model === 'pcie-root-port' ? slot * 8 + fn : slot,
          why,
        )
      }
    }
  }
}
