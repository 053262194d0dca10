import { integer, oneOf, onOff, required } from '../../xml/fields.ts'
import type { XmlFields } from '../../xml/fields.ts'
import { deviceInfoXml } from './device-info.ts'
import type { DeviceInfo } from './device-info.ts'

/** Translates and guards what devices read and write. */
export interface Iommu extends DeviceInfo {
  readonly model: 'intel' | 'smmuv3' | 'virtio'
  readonly intremap?: boolean
  readonly cachingMode?: boolean
  readonly eim?: boolean
  readonly iotlb?: boolean
  readonly awBits?: number
}

export const iommuXml: XmlFields<Iommu> = {
  model: required(oneOf('@model', ['intel', 'smmuv3', 'virtio'])),
  intremap: onOff('driver/@intremap'),
  cachingMode: onOff('driver/@caching_mode'),
  eim: onOff('driver/@eim'),
  iotlb: onOff('driver/@iotlb'),
  awBits: integer('driver/@aw_bits', { max: 0xffffffff }),
  ...deviceInfoXml,
}
