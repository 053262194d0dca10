import type { PciAddress } from '../../domain/address.ts'
import type { DeviceDraft } from '../draft.ts'

/** What may be plugged in where, as libvirt's connection types say it. */
export type PciConnect =
  /** A conventional PCI device. */
  | 'pci'
  /** A PCI Express device. */
  | 'pcie'
  | 'pcie-root-port'
  | 'pcie-switch-upstream-port'
  | 'pcie-switch-downstream-port'
  | 'dmi-to-pci-bridge'
  | 'pcie-to-pci-bridge'
  | 'pci-bridge'
  | 'pci-expander-bus'
  | 'pcie-expander-bus'

interface BusKind {
  readonly accepts: readonly PciConnect[]
  /** What else stands there where the document says so, and is never put there unasked. */
  readonly asked?: readonly PciConnect[]
  readonly firstSlot: number
  readonly lastSlot: number
  /** Devices are handed out here without the user asking; the PCIe root takes only bridges. */
  readonly hotplug: boolean
}

/** Which devices each PCI controller model takes (PCI and PCIe rules; slots by QEMU's models). */
const busKinds: ReadonlyMap<string, BusKind> = new Map(
  Object.entries<BusKind>({
    'pci-root': {
      accepts: ['pci', 'pci-bridge', 'pci-expander-bus'],
      firstSlot: 1,
      lastSlot: 31,
      hotplug: true,
    },
    'pci-bridge': { accepts: ['pci', 'pci-bridge'], firstSlot: 1, lastSlot: 31, hotplug: true },
    'pci-expander-bus': {
      accepts: ['pci', 'pci-bridge'],
      firstSlot: 0,
      lastSlot: 31,
      hotplug: false,
    },
    'pcie-root': {
      accepts: ['pcie', 'pci', 'pcie-root-port', 'dmi-to-pci-bridge', 'pcie-expander-bus'],
      asked: ['pci-bridge'],
      firstSlot: 1,
      lastSlot: 31,
      hotplug: false,
    },
    'pcie-root-port': {
      accepts: ['pcie', 'pcie-switch-upstream-port', 'pcie-to-pci-bridge'],
      asked: ['pci-bridge'],
      firstSlot: 0,
      lastSlot: 0,
      hotplug: true,
    },
    'pcie-switch-downstream-port': {
      accepts: ['pcie', 'pcie-switch-upstream-port', 'pcie-to-pci-bridge'],
      asked: ['pci-bridge'],
      firstSlot: 0,
      lastSlot: 0,
      hotplug: true,
    },
    'pcie-switch-upstream-port': {
      accepts: ['pcie-switch-downstream-port'],
      firstSlot: 0,
      lastSlot: 31,
      hotplug: false,
    },
    'dmi-to-pci-bridge': {
      accepts: ['pci', 'pci-bridge'],
      firstSlot: 0,
      lastSlot: 31,
      hotplug: false,
    },
    'pcie-to-pci-bridge': {
      accepts: ['pci', 'pci-bridge'],
      firstSlot: 1,
      lastSlot: 31,
      hotplug: true,
    },
    'pcie-expander-bus': {
      accepts: ['pcie-root-port', 'dmi-to-pci-bridge'],
      firstSlot: 0,
      lastSlot: 31,
      hotplug: false,
    },
  }),
)

/** Is this plugged into a PCI controller of that model? What is not known is not judged. */
export function acceptsOn(model: string, connect: PciConnect): boolean {
  const kind = busKinds.get(model)
  return kind === undefined || [...kind.accepts, ...(kind.asked ?? [])].includes(connect)
}

/** First and last slot of a PCI controller's bus. */
export function slotsOf(model: string): readonly [number, number] | undefined {
  const kind = busKinds.get(model)
  return kind === undefined ? undefined : [kind.firstSlot, kind.lastSlot]
}

/** What a PCI controller itself needs to be plugged into; roots need nothing. */
export function connectOfController(model: string): PciConnect | undefined {
  return model === 'pci-root' || model === 'pcie-root' ? undefined : (model as PciConnect)
}

interface Bus {
  readonly model: string
  readonly kind: BusKind
  /** Functions in use, a bit each, by slot. */
  readonly slots: Uint8Array
  /** Slots that hold functions of several devices of one kind, such as root ports. */
  readonly shared: Map<number, PciConnect>
}

export interface PciWish {
  readonly connect: PciConnect
  /** Several of these share a slot, one function each. */
  readonly aggregate?: boolean
}

/** How many buses one address may bring along: what fits on the bus before. */
const mostNewBuses = 31

/** Which controllers make room for a device beside those buses. */
type Grow = (wish: PciWish, buses: PciBuses) => readonly string[]

/** The PCI buses of one domain and what is plugged into them. */
export class PciBuses {
  readonly #buses: Bus[] = []
  readonly #grow: Grow

  /** `grow` names the controllers to add when nothing is free: none means that it cannot. */
  constructor(grow: Grow) {
    this.#grow = grow
  }

  get count(): number {
    return this.#buses.length
  }

  has(model: string): boolean {
    return this.#buses.some((bus) => bus.model === model)
  }

  modelAt(index: number): string | undefined {
    return this.#buses[index]?.model
  }

  add(model: string): void {
    const kind = busKinds.get(model) ?? busKinds.get('pci-bridge')
    if (kind === undefined) return
    this.#buses.push({ model, kind, slots: new Uint8Array(32), shared: new Map() })
  }

  /** Is there a bus that takes such a device at all? */
  accepts(connect: PciConnect): boolean {
    return this.#buses.some(
      (bus) => bus.kind.accepts.includes(connect) && this.#takes(bus, connect),
    )
  }

  isFree(at: Pick<PciAddress, 'bus' | 'slot' | 'function'>): boolean {
    const bus = this.#buses[at.bus]
    return bus !== undefined && ((bus.slots[at.slot] ?? 0) & (1 << at.function)) === 0
  }

  isSlotFree(bus: number, slot: number): boolean {
    return (this.#buses[bus]?.slots[slot] ?? 1) === 0
  }

  /** Every slot of every bus is taken. */
  get full(): boolean {
    return this.#buses.every((bus) => {
      for (let slot = bus.kind.firstSlot; slot <= bus.kind.lastSlot; slot++) {
        if (bus.slots[slot] === 0) return false
      }
      return true
    })
  }

  /** Marks a function as used; a single function of its own takes the whole slot. */
  reserve(at: PciAddress, wish?: PciWish): void {
    // A bus far beyond the last one is a slip, not a wish for that many bridges.
    if (at.bus >= this.#buses.length + mostNewBuses) return
    while (this.#buses.length <= at.bus) {
      const before = this.#buses.length
      this.#growFor(wish ?? { connect: 'pci' })
      if (this.#buses.length === before) break
    }
    const bus = this.#buses[at.bus]
    if (bus === undefined) return
    bus.slots[at.slot] = (bus.slots[at.slot] ?? 0) | (1 << at.function)
    if (wish?.aggregate === true) bus.shared.set(at.slot, wish.connect)
  }

  /** The next free place for a device, on a new bus where none is left. */
  next(wish: PciWish): PciAddress | undefined {
    for (let tries = 0; tries < 3; tries++) {
      const found = this.#find(wish)
      if (found !== undefined) {
        this.reserve(found, wish)
        return found
      }
      const before = this.#buses.length
      this.#growFor(wish)
      if (this.#buses.length === before) return undefined
    }
    return undefined
  }

  #growFor(wish: PciWish): void {
    if (this.#buses.length >= 256) return
    for (const model of this.#grow(wish, this)) {
      // A bridge that brings a port along sits in it.
      const port = this.#buses.at(-1)
      if (model === 'pcie-to-pci-bridge' && port?.model === 'pcie-root-port') port.slots[0] = 1
      this.add(model)
    }
  }

  #find(wish: PciWish): PciAddress | undefined {
    for (const [index, bus] of this.#buses.entries()) {
      if (!this.#takes(bus, wish.connect)) continue
      for (let slot = bus.kind.firstSlot; slot <= bus.kind.lastSlot; slot++) {
        const used = bus.slots[slot] ?? 0
        if (used === 0) return address(index, slot, 0, wish.aggregate === true)
        if (wish.aggregate !== true || bus.shared.get(slot) !== wish.connect) continue
        for (let fn = 0; fn < 8; fn++) {
          if ((used & (1 << fn)) === 0) return address(index, slot, fn, false)
        }
      }
    }
    return undefined
  }

  /** Endpoints want a hot-pluggable bus; bridges take what is there. */
  #takes(bus: Bus, connect: PciConnect): boolean {
    if (!bus.kind.accepts.includes(connect)) return false
    return bus.kind.hotplug || (connect !== 'pci' && connect !== 'pcie')
  }
}

function address(bus: number, slot: number, fn: number, multifunction: boolean): PciAddress {
  return {
    type: 'pci',
    domain: 0,
    bus,
    slot,
    function: fn,
    ...(multifunction && { multifunction: true }),
  }
}

/** A PCI controller in the definition. */
export type PciController = DeviceDraft<'controller'>
