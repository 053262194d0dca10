import type { XmlFields } from '../../xml/fields.ts'
import { deviceInfoXml } from './device-info.ts'
import type { DeviceInfo } from './device-info.ts'

/** Non-volatile memory as a device of its own. */
export type Nvram = DeviceInfo

export const nvramXml: XmlFields<Nvram> = { ...deviceInfoXml }
