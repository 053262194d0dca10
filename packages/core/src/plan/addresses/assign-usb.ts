import { addDevice, fill, placeables, settle } from '../defaults/defaulting.ts'
import type { Defaulting, Placeable, PlaceableKind } from '../defaults/defaulting.ts'
import { modelOf } from '../allow-list.ts'
import { devicesOf } from '../draft.ts'
import type { DeviceDraft } from '../draft.ts'
import type { DeviceOf } from '../../domain/devices.ts'

/** Root ports by controller model, as QEMU builds them; xHCI has as many as `ports` says. */
function rootPorts(controller: DeviceDraft<'controller'>): number {
  switch (controller.model) {
    case 'piix3-uhci':
    case 'piix4-uhci':
    case 'vt82c686b-uhci':
    case 'ich9-uhci1':
    case 'ich9-uhci2':
    case 'ich9-uhci3':
      return 2
    case 'pci-ohci':
      return 3
    case 'ehci':
    case 'ich9-ehci1':
      return 6
    case 'nec-xhci':
    case 'qemu-xhci':
      return Math.min(controller.ports ?? 4, maxRootPorts)
    default:
      return 0
  }
}

/** Root ports that an xHCI controller can have (QEMU hw/usb/hcd-xhci.h: XHCI_MAXPORTS_2). */
export const maxRootPorts = 15

/** Ports of QEMU's usb-hub. */
const hubPorts = 8

interface UsbPort {
  readonly path: string
  readonly depth: number
  used: boolean
}

/** Free ports of one bus, as paths from the root: `3`, `1.2`. */
class UsbBus {
  readonly #ports: UsbPort[] = []

  addPorts(prefix: string, count: number): void {
    for (let n = 1; n <= count; n++) {
      const path = prefix === '' ? `${n}` : `${prefix}.${n}`
      this.#ports.push({ path, depth: path.split('.').length, used: false })
    }
  }

  take(path: string): void {
    const port = this.#ports.find((one) => one.path === path)
    if (port !== undefined) port.used = true
  }

  /** Shallow ports go first. */
  next(): string | undefined {
    let best: UsbPort | undefined
    for (const port of this.#ports) {
      if (!port.used && (best === undefined || port.depth < best.depth)) best = port
    }
    if (best !== undefined) best.used = true
    return best?.path
  }

  get free(): number {
    return this.#ports.filter((port) => !port.used).length
  }
}

interface UsbDevice {
  readonly kind: PlaceableKind
  readonly device: Placeable
}

/** USB devices in the order in which they get ports. */
function usbDevices(d: Defaulting): readonly UsbDevice[] {
  return (
    ['hostdev', 'disk', 'controller', 'input', 'sound', 'serial', 'redirdev'] as const
  ).flatMap((kind) =>
    placeables(d.domain, kind)
      .filter((device) => isUsb(d, kind, device))
      .map((device) => ({ kind, device })),
  )
}

function isUsb(d: Defaulting, kind: PlaceableKind, device: Placeable): boolean {
  return modelOf(kind, device as DeviceOf<PlaceableKind>, d.context)?.bus === 'usb'
}

/** Ports of a USB bus: those of its controllers that serve it themselves. */
export function portsOf(controllers: readonly DeviceDraft<'controller'>[], index: number): number {
  return Math.max(
    0,
    ...controllers
      .filter((one) => one.type === 'usb' && (one.index ?? 0) === index)
      .map((one) => rootPorts(one)),
  )
}

/** Hands out USB ports, with hubs where the root ports do not do. */
export function assignUsb(d: Defaulting): void {
  const buses = new Map<number, UsbBus>()
  const controllers = devicesOf(d.domain, 'controller')
  for (const { type, model, index = 0 } of controllers) {
    if (type !== 'usb' || model === 'none' || buses.has(index)) continue
    const bus = new UsbBus()
    // Companions serve the ports of their EHCI controller; they add none.
    bus.addPorts('', portsOf(controllers, index))
    buses.set(index, bus)
  }
  if (buses.size === 0) return
  const devices = usbDevices(d)
  const hubs = devicesOf(d.domain, 'hub')
  for (const hub of hubs) plugHub(d, buses, hub)
  for (const { device } of devices) {
    if (device.address?.type === 'usb' && device.address.port !== undefined) {
      buses.get(device.address.bus)?.take(device.address.port)
    }
  }
  const waiting = devices.filter(
    ({ device }) =>
      device.address === undefined ||
      (device.address.type === 'usb' && device.address.port === undefined),
  )
  addHubs(d, buses, waiting.length)
  for (const { kind, device } of waiting) {
    const wanted = device.address?.type === 'usb' ? device.address.bus : undefined
    const address = nextPort(buses, wanted)
    if (address === undefined) continue
    settle(d, kind, device, address, {
      rule: 'address/usb',
      reason: 'the next free USB port',
    })
  }
}

function nextPort(
  buses: ReadonlyMap<number, UsbBus>,
  wanted?: number,
): { type: 'usb'; bus: number; port: string } | undefined {
  for (const [index, bus] of buses) {
    if (wanted !== undefined && index !== wanted) continue
    const port = bus.next()
    if (port !== undefined) return { type: 'usb', bus: index, port }
  }
  return undefined
}

function plugHub(d: Defaulting, buses: ReadonlyMap<number, UsbBus>, hub: DeviceDraft<'hub'>): void {
  if (hub.address === undefined) {
    const address = nextPort(buses)
    if (address === undefined) return
    fill(d, 'hub', hub, 'address', address, {
      rule: 'address/usb',
      reason: 'the next free USB port',
    })
  }
  if (hub.address?.type !== 'usb' || hub.address.port === undefined) return
  const bus = buses.get(hub.address.bus)
  bus?.take(hub.address.port)
  bus?.addPorts(hub.address.port, hubPorts)
}

function addHubs(d: Defaulting, buses: ReadonlyMap<number, UsbBus>, needed: number): void {
  const free = [...buses.values()].reduce((sum, bus) => sum + bus.free, 0)
  if (needed <= free) return
  // Each hub takes one port and brings eight.
  const count = Math.ceil((needed - free + 1) / (hubPorts - 1))
  for (let n = 0; n < count; n++) {
    const hub = addDevice(
      d,
      'hub',
      { type: 'usb' },
      {
        rule: 'usb/hub',
        reason: `${needed} USB devices need more than ${free} ports`,
      },
    )
    plugHub(d, buses, hub)
  }
}
