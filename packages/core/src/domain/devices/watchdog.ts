import { oneOf, required } from '../../xml/fields.ts'
import type { XmlFields } from '../../xml/fields.ts'
import { deviceInfoXml } from './device-info.ts'
import type { DeviceInfo } from './device-info.ts'

export const watchdogModels = ['i6300esb', 'ib700', 'diag288', 'itco'] as const
export const watchdogActions = [
  'reset',
  'shutdown',
  'poweroff',
  'pause',
  'dump',
  'none',
  'inject-nmi',
] as const

/** Acts when the guest stops answering. */
export interface Watchdog extends DeviceInfo {
  readonly model: (typeof watchdogModels)[number]
  readonly action?: (typeof watchdogActions)[number]
}

export const watchdogXml: XmlFields<Watchdog> = {
  model: required(oneOf('@model', watchdogModels)),
  action: oneOf('@action', watchdogActions),
  ...deviceInfoXml,
}
