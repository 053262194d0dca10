import { deviceCandidates } from './device-candidates.ts'
import type { DeviceCandidate } from './device-candidates.ts'
import type { AskedFamily, EmulatorFacts } from './emulator-facts.ts'
import { pciLayoutOf } from './pci-layout.ts'
import type { PciChoice } from './pci-layout.ts'

/** A model that this emulator has and this board takes. */
export interface DeviceOffer {
  readonly model: string
  readonly driver?: string
  readonly bus: string
  /** How many of them the board has. */
  readonly max?: number
}

/** Rows of an allow-list that would hold for a board, as far as QEMU can tell. */
export type DeviceOffers = Readonly<Record<string, readonly DeviceOffer[]>>

/** What is on a board's buses, or plugs into what is. */
export function deviceOffers(facts: EmulatorFacts, family: AskedFamily | undefined): DeviceOffers {
  const { devices } = facts.capabilities
  const refused = family?.refused ?? {}
  const has = new Set(devices.filter((type) => !Object.hasOwn(refused, type)))
  const root = pciLayoutOf(family, devices)?.root
  const offered = deviceCandidates.flatMap((candidate) => {
    const offer = attach(candidate, { family, root, has })
    return offer === undefined ? [] : [{ candidate, offer }]
  })
  // What is carried by another device is there where that other one is.
  const carriers = new Set(
    offered.flatMap(({ candidate, offer }) => (offer.driver === undefined ? [] : [candidate.row])),
  )
  const held = offered.filter(
    ({ candidate: { other } }) => other?.needs === undefined || carriers.has(other.needs),
  )
  const rows = Map.groupBy(held, ({ candidate }) => candidate.row)
  return Object.fromEntries([...rows].map(([row, list]) => [row, list.map(({ offer }) => offer)]))
}

interface Place {
  readonly family: AskedFamily | undefined
  readonly root: PciChoice['root'] | undefined
  /** Every device type of the emulator. */
  readonly has: ReadonlySet<string>
}

function attach(
  { row, model, pci, mmio, ports, sharesMemory, other }: DeviceCandidate,
  { family, root, has }: Place,
): DeviceOffer | undefined {
  const board = family?.board
  if (sharesMemory === true && family?.takesBackend === false) return undefined
  if (row === 'controller:pci' && (root === undefined || !belowRoot[root].includes(model))) {
    return undefined
  }
  if (pci !== undefined && root !== undefined && has.has(pci)) {
    return { model, driver: pci, bus: 'pci' }
  }
  if (mmio !== undefined && board?.buses['virtio-mmio-bus'] !== undefined && has.has(mmio)) {
    return { model, driver: mmio, bus: 'virtio-mmio' }
  }
  if (other === undefined) return undefined
  const { driver, bus } = other
  if (ports === true && board?.serialPorts !== undefined) {
    const max = board.serialPorts
    return max === 0 ? undefined : { model, bus, max }
  }
  if (driver === undefined) return { model, bus }
  return has.has(driver) ? { model, driver, bus } : undefined
}

/** The board brings the root, and only what is of its kind goes below it. */
const belowRoot: Readonly<Record<PciChoice['root'], readonly string[]>> = {
  'pci-root': ['pci-root', 'pci-bridge'],
  'pcie-root': ['pcie-root', 'pcie-root-port', 'pcie-to-pci-bridge', 'pci-bridge'],
}
