import {
  integer,
  list,
  mapped,
  oneOf,
  onOff,
  present,
  record,
  report,
  required,
  text,
  within,
  yesNo,
  fallback,
} from '../../xml/fields.ts'
import type { XmlField, XmlFields } from '../../xml/fields.ts'
import { quote } from '../../errors.ts'
import { bootOptionsXml, deviceInfoXml, romOptionsXml } from './device-info.ts'
import type { BootOptions, DeviceInfo, RomOptions } from './device-info.ts'
import { diskAuthXml, diskHostXml, hostPciXml } from './disk-source.ts'
import type { DiskAuth, DiskHost, HostPciAddress } from './disk-source.ts'

/** A USB device by its place on the host. */
export interface HostUsbAddress {
  readonly bus?: number
  readonly device?: number
  readonly port?: string
}

/** A SCSI unit behind an adapter of the host. */
export interface HostScsiAddress {
  readonly bus: number
  readonly target: number
  readonly unit: number
}

/** Where the device is on the host; one shape per kind of device. */
export type HostdevAddress =
  | ({ readonly kind: 'pci' } & HostPciAddress)
  | ({ readonly kind: 'usb' } & HostUsbAddress)
  | ({ readonly kind: 'scsi' } & HostScsiAddress)
  | { readonly kind: 'mdev'; readonly uuid: string }

const shapes = {
  pci: hostPciXml,
  usb: {
    bus: integer('@bus', { max: 0xffffffff }),
    device: integer('@device', { max: 0xffffffff }),
    port: text('@port'),
  } satisfies XmlFields<HostUsbAddress>,
  scsi: {
    bus: required(integer('@bus', { max: 0xffffffff })),
    target: required(integer('@target', { max: 0xffffffff })),
    unit: required(integer('@unit')),
  } satisfies XmlFields<HostScsiAddress>,
  mdev: { uuid: required(text('@uuid')) } satisfies XmlFields<{ uuid: string }>,
}

/** Which attributes an address has says what it is an address of. */
function addressField(): XmlField<HostdevAddress> {
  const variants = Object.entries(shapes).map(([kind, fields]) => ({
    kind,
    field: record('address', fields as XmlFields<object>),
  }))
  const byKind = (kind: string): XmlField<object> | undefined =>
    variants.find((one) => one.kind === kind)?.field as XmlField<object> | undefined
  return {
    knows: ['address>'],
    read(scope) {
      const attributes = scope.element.children.find((one) => one.name === 'address')?.attributes
      if (attributes === undefined) return undefined
      const kind = attributes.has('uuid')
        ? 'mdev'
        : attributes.has('slot') || attributes.has('function') || attributes.has('domain')
          ? 'pci'
          : attributes.has('target') || attributes.has('unit')
            ? 'scsi'
            : 'usb'
      const found = byKind(kind)?.read(scope)
      return found === undefined ? undefined : ({ kind, ...found } as HostdevAddress)
    },
    write({ kind, ...address }, writer) {
      byKind(kind)?.write(address, writer)
    },
  }
}

/** A vendor's or product's number, written as `0x` and four digits. */
export function usbId(path: string): XmlField<number> {
  return mapped(
    text(path),
    (written, scope) => {
      if (/^(?:0[xX][0-9a-fA-F]{1,8}|[0-9]{1,5})$/.test(written) && Number(written) <= 0xffff)
        return Number(written)
      report(scope, 'ERR_XML_ERROR', `${quote(written)} is not a USB id such as 0x1d6b`, path)
      return undefined
    },
    (id) => `0x${id.toString(16).padStart(4, '0')}`,
  )
}

export const hostdevTypes = [
  'usb',
  'pci',
  'scsi',
  'scsi_host',
  'mdev',
  'storage',
  'misc',
  'net',
] as const

/** A device of the host, given to the guest. */
export interface Hostdev extends BootOptions, DeviceInfo, RomOptions {
  readonly mode: 'subsystem' | 'capabilities'
  readonly type: (typeof hostdevTypes)[number]
  /** polyvirt takes the device from its driver at start and gives it back. */
  readonly managed?: boolean
  readonly sgio?: 'filtered' | 'unfiltered'
  readonly rawio?: boolean
  readonly model?: string
  readonly display?: boolean
  readonly ramfb?: boolean
  readonly driverName?: 'kvm' | 'vfio' | 'xen'
  readonly startupPolicy?: 'mandatory' | 'requisite' | 'optional'
  readonly guestReset?: 'off' | 'uninitialized' | 'on'
  readonly writeFiltering?: boolean
  readonly protocol?: 'iscsi' | 'vhost'
  readonly sourceName?: string
  readonly wwpn?: string
  readonly hosts?: readonly DiskHost[]
  readonly auth?: DiskAuth
  readonly initiator?: string
  readonly adapter?: string
  readonly vendor?: number
  readonly product?: number
  readonly hostAddress?: HostdevAddress
  readonly block?: string
  readonly char?: string
  readonly interface?: string
  readonly teamingType?: 'persistent' | 'transient'
  readonly teamingPersistent?: string
  readonly readonly?: boolean
  readonly shareable?: boolean
}

export const hostdevXml: XmlFields<Hostdev> = {
  mode: fallback(oneOf('@mode', ['subsystem', 'capabilities']), 'subsystem'),
  type: required(oneOf('@type', hostdevTypes)),
  managed: yesNo('@managed'),
  sgio: oneOf('@sgio', ['filtered', 'unfiltered']),
  rawio: yesNo('@rawio'),
  model: text('@model'),
  display: onOff('@display'),
  ramfb: onOff('@ramfb'),
  driverName: oneOf('driver/@name', ['kvm', 'vfio', 'xen']),
  startupPolicy: oneOf('source/@startupPolicy', ['mandatory', 'requisite', 'optional']),
  guestReset: oneOf('source/@guestReset', ['off', 'uninitialized', 'on']),
  writeFiltering: yesNo('source/@writeFiltering'),
  protocol: oneOf('source/@protocol', ['iscsi', 'vhost']),
  sourceName: text('source/@name'),
  wwpn: text('source/@wwpn'),
  hosts: list('source/host', diskHostXml),
  auth: record('source/auth', diskAuthXml),
  initiator: text('source/initiator/iqn/@name'),
  adapter: text('source/adapter/@name'),
  vendor: usbId('source/vendor/@id'),
  product: usbId('source/product/@id'),
  hostAddress: within('source', addressField()),
  block: text('source/block'),
  char: text('source/char'),
  interface: text('source/interface'),
  teamingType: oneOf('teaming/@type', ['persistent', 'transient']),
  teamingPersistent: text('teaming/@persistent'),
  readonly: present('readonly'),
  shareable: present('shareable'),
  ...deviceInfoXml,
  ...bootOptionsXml,
  ...romOptionsXml,
}
