import type { Audio, AudioDirection } from '../../domain/devices/sound.ts'
import type { Draft } from '../draft.ts'
import { devicesOf } from '../draft.ts'
import { addDevice } from './defaulting.ts'
import type { Defaulting } from './defaulting.ts'

type Owners<T> = Readonly<Partial<Record<keyof T, readonly Audio['type'][]>>>

/** The types that each word is for: to others it means nothing, and libvirt keeps none of it. */
const ownersOf: Owners<Audio> = {
  serverName: ['pulseaudio'],
  driver: ['sdl'],
  path: ['file'],
  tryMMap: ['oss'],
  exclusive: ['oss'],
  dspPolicy: ['oss'],
}

const ownersOfDirection: Owners<AudioDirection> = {
  dev: ['alsa', 'oss'],
  tryPoll: ['oss'],
  bufferCount: ['coreaudio', 'oss', 'sdl'],
  name: ['pulseaudio'],
  streamName: ['pulseaudio'],
  latency: ['pulseaudio'],
  serverName: ['jack'],
  clientName: ['jack'],
  connectPorts: ['jack'],
  exactName: ['jack'],
}

/** What the guest's sound comes out of where nothing is said; and no more words than its type has. */
export function defaultAudio(d: Defaulting): void {
  addAudio(d)
  for (const audio of devicesOf(d.domain, 'audio')) keepOwn(audio)
}

function addAudio(d: Defaulting): void {
  if (devicesOf(d.domain, 'audio').length > 0) return
  const displays = devicesOf(d.domain, 'graphics')
  // The last display that carries sound, or could, decides; a window on the host has the host's.
  const last = displays.findLast((g) => ['vnc', 'sdl', 'spice'].includes(g.type))
  if (displays.length > 0 && (last === undefined || last.type === 'sdl')) return
  const spice = last?.type === 'spice'
  addDevice(
    d,
    'audio',
    { id: 1, type: spice ? 'spice' : 'none' },
    {
      rule: 'audio/default',
      reason: spice ? 'SPICE carries sound' : 'nobody listens',
    },
  )
}

function keepOwn(audio: Draft<Audio>): void {
  drop(audio, ownersOf, audio.type)
  for (const way of ['input', 'output'] as const) {
    const direction = audio[way]
    if (direction === undefined) continue
    drop(direction, ownersOfDirection, audio.type)
    if (Object.keys(direction).length === 0) delete audio[way]
  }
}

function drop(
  words: object,
  owners: Readonly<Record<string, readonly string[]>>,
  type: string,
): void {
  const all = words as Record<string, unknown>
  for (const [key, types] of Object.entries(owners)) if (!types.includes(type)) delete all[key]
}
