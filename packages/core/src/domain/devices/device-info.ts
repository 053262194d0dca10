import { addressField } from '../address.ts'
import type { Address } from '../address.ts'
import { integer, onOff, originField, report, text, yesNo } from '../../xml/fields.ts'
import type { Origin, XmlFields } from '../../xml/fields.ts'
import { childNamed } from '../../xml/element.ts'

/** What every device may carry: its name in QEMU, and its place. */
export interface DeviceInfo {
  /** Where the document has it; absent for what polyvirt added. */
  readonly origin?: Origin
  /** A user's alias begins with `ua-`; all others polyvirt gives out itself, as libvirt does. */
  readonly alias?: string
  /** For USB1 companions: the first port of the EHCI controller that they serve. */
  readonly masterStartport?: number
  readonly acpiIndex?: number
  readonly address?: Address
}

/** Is this an alias that its user gave, and that stays from run to run? */
export function isUserAlias(alias: string | undefined): alias is string {
  return alias?.startsWith('ua-') === true
}

export const deviceInfoXml: XmlFields<DeviceInfo> = {
  origin: originField,
  alias: text('alias/@name'),
  masterStartport: integer('master/@startport', { max: 255 }),
  acpiIndex: integer('acpi/@index', { min: 1, max: 16383 }),
  address: addressField,
}

/** The turn at boot of what a guest can boot from. */
export interface BootOptions {
  /** `<boot order='1'/>`: 1 boots first. */
  readonly bootOrder?: number
  readonly bootLoadparm?: string
}

const orderField = integer('boot/@order', { min: 1, max: 9999, what: 'a boot order' })

export const bootOptionsXml: XmlFields<BootOptions> = {
  bootOrder: {
    ...orderField,
    read(scope) {
      const boot = childNamed(scope.element, 'boot')
      if (boot !== undefined && !boot.attributes.has('order'))
        report(scope, 'ERR_XML_ERROR', "a turn at boot is told by its order: order='1'", 'boot')
      return orderField.read(scope)
    },
  },
  bootLoadparm: text('boot/@loadparm'),
}

/** The option ROM of a PCI function; libvirt knows one of network cards and of devices of the host. */
export interface RomOptions {
  readonly romEnabled?: boolean
  readonly romBar?: boolean
  readonly romFile?: string
}

export const romOptionsXml: XmlFields<RomOptions> = {
  romEnabled: yesNo('rom/@enabled'),
  romBar: onOff('rom/@bar'),
  romFile: text('rom/@file'),
}

/** libvirt's `<driver>` attributes that every virtio device has. */
export interface VirtioOptions {
  readonly iommu?: boolean
  readonly ats?: boolean
  readonly packed?: boolean
  readonly pagePerVq?: boolean
}

export const virtioOptionsXml: XmlFields<VirtioOptions> = {
  iommu: onOff('driver/@iommu'),
  ats: onOff('driver/@ats'),
  packed: onOff('driver/@packed'),
  pagePerVq: onOff('driver/@page_per_vq'),
}
