import {
  integer,
  list,
  oneOf,
  originField,
  record,
  required,
  text,
  yesNo,
} from '../../xml/fields.ts'
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

/** One direction of a back end: what the mixer gives or takes. Lengths in microseconds. */
export interface AudioDirection {
  readonly mixingEngine?: boolean
  readonly fixedSettings?: boolean
  readonly voices?: number
  readonly bufferLength?: number
  readonly frequency?: number
  readonly channels?: number
  readonly format?: (typeof audioFormats)[number]
  readonly dev?: string
  readonly tryPoll?: boolean
  readonly bufferCount?: number
  readonly name?: string
  readonly streamName?: string
  readonly latency?: number
  readonly serverName?: string
  readonly clientName?: string
  readonly connectPorts?: string
  readonly exactName?: boolean
}

export const audioFormats = ['s8', 'u8', 's16', 'u16', 's32', 'u32', 'f32'] as const

const number32 = { min: 1, max: 0xffffffff } as const

const directionXml: XmlFields<AudioDirection> = {
  mixingEngine: yesNo('@mixingEngine'),
  fixedSettings: yesNo('@fixedSettings'),
  voices: integer('@voices', number32),
  bufferLength: integer('@bufferLength', number32),
  dev: text('@dev'),
  tryPoll: yesNo('@tryPoll'),
  bufferCount: integer('@bufferCount', number32),
  name: text('@name'),
  streamName: text('@streamName'),
  latency: integer('@latency', number32),
  serverName: text('@serverName'),
  clientName: text('@clientName'),
  connectPorts: text('@connectPorts'),
  exactName: yesNo('@exactName'),
  frequency: integer('settings/@frequency', number32),
  channels: integer('settings/@channels', number32),
  format: oneOf('settings/@format', audioFormats),
}

/** The host's end of the guest's sound. */
export interface Audio {
  readonly origin?: Origin
  readonly id: number
  readonly type: (typeof audioTypes)[number]
  readonly timerPeriod?: number
  readonly serverName?: string
  readonly driver?: string
  readonly path?: string
  readonly tryMMap?: boolean
  readonly exclusive?: boolean
  readonly dspPolicy?: number
  readonly input?: AudioDirection
  readonly output?: AudioDirection
}

export const audioXml: XmlFields<Audio> = {
  origin: originField,
  id: required(integer('@id', number32)),
  type: required(oneOf('@type', audioTypes)),
  timerPeriod: integer('@timerPeriod', number32),
  serverName: text('@serverName'),
  driver: text('@driver'),
  path: text('@path'),
  tryMMap: yesNo('@tryMMap'),
  exclusive: yesNo('@exclusive'),
  dspPolicy: integer('@dspPolicy', { min: -1, max: 0x7fffffff }),
  input: record('input', directionXml),
  output: record('output', directionXml),
}
