import { text } from '../../xml/fields.ts'
import type { XmlFields } from '../../xml/fields.ts'
import { deviceInfoXml } from './device-info.ts'
import type { DeviceInfo } from './device-info.ts'

/** How a guest says that it has crashed. The models are the architectures' own words. */
export interface Panic extends DeviceInfo {
  readonly model?: string
}

export const panicXml: XmlFields<Panic> = {
  model: text('@model'),
  ...deviceInfoXml,
}
