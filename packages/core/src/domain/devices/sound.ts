import { integer, list, oneOf, originField, required } from '../../xml/fields.ts'
import type { Origin, XmlFields } from '../../xml/fields.ts'
import { deviceInfoXml } from './device-info.ts'
import type { DeviceInfo } from './device-info.ts'

export const soundModels = [
  'sb16',
  'es1370',
  'pcspk',
  'ac97',
  'ich6',
  'ich9',
  'usb',
  'ich7',
] as const
export type SoundModel = (typeof soundModels)[number]

export interface SoundCodec {
  readonly type: 'duplex' | 'micro' | 'output'
}

const codecXml: XmlFields<SoundCodec> = {
  type: required(oneOf('@type', ['duplex', 'micro', 'output'])),
}

/** A sound card. */
export interface Sound extends DeviceInfo {
  readonly model: SoundModel
  readonly codecs?: readonly SoundCodec[]
  readonly audioId?: number
}

export const soundXml: XmlFields<Sound> = {
  model: required(oneOf('@model', soundModels)),
  codecs: list('codec', codecXml),
  audioId: integer('audio/@id', { min: 1, max: 0xffffffff }),
  ...deviceInfoXml,
}

export const audioTypes = [
  'none',
  'alsa',
  'coreaudio',
  'jack',
  'oss',
  'pulseaudio',
  'sdl',
  'spice',
  'file',
  'dbus',
] as const

/** The host's end of the guest's sound. */
export interface Audio {
  readonly origin?: Origin
  readonly id: number
  readonly type: (typeof audioTypes)[number]
  readonly timerPeriod?: number
}

export const audioXml: XmlFields<Audio> = {
  origin: originField,
  id: required(integer('@id', { min: 1, max: 0xffffffff })),
  type: required(oneOf('@type', audioTypes)),
  timerPeriod: integer('@timerPeriod', { min: 1, max: 0xffffffff }),
}
