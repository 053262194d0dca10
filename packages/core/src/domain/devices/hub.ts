import { oneOf, required } from '../../xml/fields.ts'
import type { XmlFields } from '../../xml/fields.ts'
import { deviceInfoXml } from './device-info.ts'
import type { DeviceInfo } from './device-info.ts'

/** More USB ports. */
export interface Hub extends DeviceInfo {
  readonly type: 'usb'
}

export const hubXml: XmlFields<Hub> = {
  type: required(oneOf('@type', ['usb'])),
  ...deviceInfoXml,
}
