import { integer, oneOf, onOff, required } from '../../xml/fields.ts'
import type { XmlFields } from '../../xml/fields.ts'
import { deviceInfoXml, virtioOptionsXml } from './device-info.ts'
import type { DeviceInfo, VirtioOptions } from './device-info.ts'

/** Takes memory back from a running guest. `none` says that the guest shall have no balloon. */
export interface Memballoon extends DeviceInfo, VirtioOptions {
  readonly model: 'virtio' | 'xen' | 'none' | 'virtio-transitional' | 'virtio-non-transitional'
  readonly autodeflate?: boolean
  readonly freePageReporting?: boolean
  /** Seconds between statistics. */
  readonly statsPeriod?: number
}

export const memballoonXml: XmlFields<Memballoon> = {
  model: required(
    oneOf('@model', ['virtio', 'xen', 'none', 'virtio-transitional', 'virtio-non-transitional']),
  ),
  autodeflate: onOff('@autodeflate'),
  freePageReporting: onOff('@freePageReporting'),
  statsPeriod: integer('stats/@period', { max: 0x7fffffff }),
  ...virtioOptionsXml,
  ...deviceInfoXml,
}
