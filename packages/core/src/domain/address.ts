import { quote } from '../errors.ts'
import { childNamed } from '../xml/element.ts'
import { hex, integer, onOff, readElement, required, text, writeRecord } from '../xml/fields.ts'
import type { ReadScope, XmlField, XmlFields } from '../xml/fields.ts'

/** A place on a PCI bus; `bus` is the index of the PCI controller that provides it. */
export interface PciAddress {
  readonly type: 'pci'
  readonly domain: number
  readonly bus: number
  readonly slot: number
  readonly function: number
  readonly multifunction?: boolean
  /** Ids by which the platform's firmware knows the function, where it has such (`<zpci>`). */
  readonly uid?: number
  readonly fid?: number
  /** Only the bus is chosen, and perhaps the ids; the slot is still to be found. Never written. */
  readonly open?: boolean
}

/** A unit behind a disk controller. */
export interface DriveAddress {
  readonly type: 'drive'
  readonly controller: number
  readonly bus: number
  readonly target: number
  readonly unit: number
}

export interface VirtioSerialAddress {
  readonly type: 'virtio-serial'
  readonly controller: number
  readonly bus: number
  /** 0 is reserved for the first console; channels begin at 1. */
  readonly port: number
}

export interface UsbAddress {
  readonly type: 'usb'
  readonly bus: number
  /** `2`, or `1.4` behind a hub. */
  readonly port?: string
}

/** A register of the sPAPR virtual I/O bus. */
export interface SpaprVioAddress {
  readonly type: 'spapr-vio'
  readonly reg?: number
}

export interface CcidAddress {
  readonly type: 'ccid'
  readonly controller: number
  readonly slot: number
}

export interface IsaAddress {
  readonly type: 'isa'
  readonly iobase?: number
  readonly irq?: number
}

/** A device of a channel subsystem: no PCI, no registers, a device number. */
export interface CcwAddress {
  readonly type: 'ccw'
  readonly cssid: number
  readonly ssid: number
  readonly devno: number
}

export interface VirtioMmioAddress {
  readonly type: 'virtio-mmio'
}

export interface DimmAddress {
  readonly type: 'dimm'
  readonly slot: number
  readonly base?: number
}

/** The device exists in the definition but is not plugged in. */
export interface UnassignedAddress {
  readonly type: 'unassigned'
}

/** Every address type of libvirt's schema; which of them an architecture hands out is its affair. */
export type Address =
  | PciAddress
  | DriveAddress
  | VirtioSerialAddress
  | UsbAddress
  | SpaprVioAddress
  | CcidAddress
  | IsaAddress
  | CcwAddress
  | VirtioMmioAddress
  | DimmAddress
  | UnassignedAddress

export type AddressType = Address['type']

const pci: XmlFields<Omit<PciAddress, 'type'>> = {
  domain: orZero(hex('@domain', 4, { max: 0xffffffff, what: 'a PCI domain' })),
  bus: orZero(hex('@bus', 2, { max: 255, what: 'a PCI bus' })),
  slot: orZero(hex('@slot', 2, { max: 31, what: 'a PCI slot' })),
  function: orZero(hex('@function', 1, { max: 7, what: 'a PCI function' })),
  multifunction: onOff('@multifunction'),
  uid: hex('zpci/@uid', 4, { min: 1, max: 0xffff, what: 'a user-defined id' }),
  fid: hex('zpci/@fid', 8, { max: 0xffffffff, what: 'a function id' }),
  open: { knows: [], read: () => undefined, write: () => {} },
}

const drive: XmlFields<Omit<DriveAddress, 'type'>> = {
  controller: orZero(integer('@controller', { max: 0xffffffff })),
  bus: orZero(integer('@bus', { max: 0xffffffff })),
  target: orZero(integer('@target', { max: 0xffffffff })),
  unit: orZero(integer('@unit', { max: 0xffffffff })),
}

const virtioSerial: XmlFields<Omit<VirtioSerialAddress, 'type'>> = {
  controller: orZero(integer('@controller', { max: 255 })),
  bus: orZero(integer('@bus', { max: 255 })),
  port: orZero(integer('@port', { max: 0xffffffff })),
}

const usb: XmlFields<Omit<UsbAddress, 'type'>> = {
  bus: orZero(integer('@bus', { max: 255 })),
  port: text('@port'),
}

const spaprVio: XmlFields<Omit<SpaprVioAddress, 'type'>> = {
  reg: hex('@reg', 8, { max: 0xffffffff, what: 'a spapr-vio register' }),
}

const ccid: XmlFields<Omit<CcidAddress, 'type'>> = {
  controller: orZero(integer('@controller', { max: 255 })),
  slot: orZero(integer('@slot', { max: 255 })),
}

const isa: XmlFields<Omit<IsaAddress, 'type'>> = {
  iobase: hex('@iobase', 1, { max: 0xffff, what: 'an I/O port' }),
  irq: hex('@irq', 1, { max: 15, what: 'an interrupt' }),
}

const ccw: XmlFields<Omit<CcwAddress, 'type'>> = {
  cssid: required(hex('@cssid', 2, { max: 0xfe })),
  ssid: required(hex('@ssid', 1, { max: 3 })),
  devno: required(hex('@devno', 4, { max: 0xffff })),
}

const dimm: XmlFields<Omit<DimmAddress, 'type'>> = {
  slot: orZero(integer('@slot', { max: 255 })),
  base: hex('@base', 1),
}

const shapes = {
  pci,
  drive,
  'virtio-serial': virtioSerial,
  usb,
  'spapr-vio': spaprVio,
  ccid,
  isa,
  ccw,
  'virtio-mmio': {},
  dimm,
  unassigned: {},
} as Readonly<Record<AddressType, object>>

export const addressTypes = Object.keys(shapes) as readonly AddressType[]

/** What stands in an address of a type. */
const addressXml: ReadonlyMap<string, XmlFields<Address>> = new Map(
  Object.entries(shapes).map(([type, shape]) => [
    type,
    { ...shape, type: text('@type') } as XmlFields<Address>,
  ]),
)

/** `<address type='…' …/>`, any type. */
export const addressField: XmlField<Address> = {
  knows: ['address>'],
  read(scope) {
    const element = childNamed(scope.element, 'address')
    if (element === undefined) return undefined
    const below: ReadScope = {
      ...scope,
      element,
      path: scope.path === '' ? 'address' : `${scope.path}/address`,
    }
    const type = element.attributes.get('type')
    const fields = addressXml.get(type ?? '')
    if (fields === undefined) {
      const found = type === undefined ? 'missing' : quote(type)
      below.report.problems.push({
        code: 'ERR_XML_ERROR',
        path: `${below.path}/@type`,
        place: element.place,
        message: `the address type is ${found}; one of ${addressTypes.join(', ')} is needed`,
      })
      return undefined
    }
    // A channel device that is only to be one gets the next free number, as without a word.
    if (type === 'ccw' && element.attributes.size === 1) return undefined
    const address = readElement(below, fields)
    return isNullPci(address) ? { ...address, open: true } : address
  },
  write(address, writer) {
    const element = writer.append(['address'])
    element.attribute('type', address.type)
    writeRecord(address as object, shapes[address.type], element)
  },
}

/** libvirt's convention: slot 0 of bus 0, where the host bridge is, means that no slot was given. */
function isNullPci(address: Address): address is PciAddress {
  if (address.type !== 'pci') return false
  return address.domain + address.bus + address.slot === 0
}

function orZero(field: XmlField<number>): XmlField<number> & { required: true } {
  return { ...field, required: true, read: (scope) => readOrZero(field, scope) }
}

function readOrZero(field: XmlField<number>, scope: ReadScope): number {
  return field.read(scope) ?? 0
}

/** `0000:00:02.0`, `drive 0:0:0:1`, … for messages. */
export function formatAddress(address: Address): string {
  switch (address.type) {
    case 'pci': {
      const pad = (n: number, width: number): string => n.toString(16).padStart(width, '0')
      const { domain, bus, slot } = address
      return `${pad(domain, 4)}:${pad(bus, 2)}:${pad(slot, 2)}.${address.function}`
    }
    case 'drive':
      return `drive ${address.controller}:${address.bus}:${address.target}:${address.unit}`
    case 'usb':
      return `usb bus ${address.bus} port ${address.port ?? 'any'}`
    case 'virtio-serial':
      return `virtio-serial ${address.controller}:${address.bus}:${address.port}`
    case 'spapr-vio':
      return `spapr-vio reg ${address.reg === undefined ? 'any' : `0x${address.reg.toString(16)}`}`
    case 'ccw':
      return `ccw ${address.cssid.toString(16)}.${address.ssid}.${address.devno.toString(16)}`
    case 'dimm':
      return `dimm slot ${address.slot}`
    case 'ccid':
      return `ccid ${address.controller}:${address.slot}`
    case 'isa':
      return `isa ${address.iobase === undefined ? '' : `0x${address.iobase.toString(16)}`}`
    default:
      return address.type
  }
}
