import { oneOf, onOff, required, text } from '../../xml/fields.ts'
import type { XmlFields } from '../../xml/fields.ts'
import { deviceInfoXml, virtioOptionsXml } from './device-info.ts'
import type { DeviceInfo, VirtioOptions } from './device-info.ts'

export const inputTypes = ['mouse', 'tablet', 'keyboard', 'passthrough', 'evdev'] as const
export const inputBuses = ['ps2', 'usb', 'xen', 'parallels', 'virtio', 'none'] as const

export const grabToggles = [
  'ctrl-ctrl',
  'alt-alt',
  'shift-shift',
  'meta-meta',
  'scrolllock',
  'ctrl-scrolllock',
] as const

/** A keyboard or pointer. */
export interface Input extends DeviceInfo, VirtioOptions {
  readonly type: (typeof inputTypes)[number]
  readonly bus?: (typeof inputBuses)[number]
  readonly model?: 'virtio' | 'virtio-transitional' | 'virtio-non-transitional'
  readonly sourceEvdev?: string
  /** `evdev`: the device on the host, and how it goes to the guest and comes back. */
  readonly sourceDev?: string
  readonly grab?: 'all'
  readonly repeat?: boolean
  readonly grabToggle?: (typeof grabToggles)[number]
}

export const inputXml: XmlFields<Input> = {
  type: required(oneOf('@type', inputTypes)),
  bus: oneOf('@bus', inputBuses),
  model: oneOf('@model', ['virtio', 'virtio-transitional', 'virtio-non-transitional']),
  ...virtioOptionsXml,
  sourceEvdev: text('source/@evdev'),
  sourceDev: text('source/@dev'),
  grab: oneOf('source/@grab', ['all']),
  repeat: onOff('source/@repeat'),
  grabToggle: oneOf('source/@grabToggle', grabToggles),
  ...deviceInfoXml,
}
