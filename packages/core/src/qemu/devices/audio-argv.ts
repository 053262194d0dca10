import type { Audio, AudioDirection } from '../../domain/devices/sound.ts'
import type { ArgvContext, Argument } from '../argv-context.ts'
import { jsonOption } from '../option-string.ts'
import type { Options } from '../option-string.ts'

/** QEMU's name of each audio back end. */
const drivers: Readonly<Record<string, string>> = { pulseaudio: 'pa', file: 'wav' }

/** Where the guest's sound goes on the host. */
export function audioArguments(context: ArgvContext): Argument[] {
  return (context.domain.devices.audio ?? []).map((audio) => [
    '-audiodev',
    jsonOption({
      id: `audio${audio.id}`,
      driver: drivers[audio.type] ?? audio.type,
      'timer-period': audio.timerPeriod,
      ...own(audio),
      in: direction(audio, audio.input),
      out: direction(audio, audio.output),
    }),
  ])
}

/** What only one back end has. */
function own(audio: Audio): Options {
  switch (audio.type) {
    case 'pulseaudio':
      return { server: audio.serverName }
    case 'file':
      return { path: audio.path }
    case 'sdl':
      return {}
    case 'oss':
      return {
        'try-mmap': audio.tryMMap,
        exclusive: audio.exclusive,
        'dsp-policy': audio.dspPolicy,
      }
    default:
      return {}
  }
}

function direction(audio: Audio, given: AudioDirection | undefined): Options | undefined {
  if (given === undefined) return undefined
  return {
    'mixing-engine': given.mixingEngine,
    'fixed-settings': given.fixedSettings,
    voices: given.voices,
    'buffer-length': given.bufferLength,
    frequency: given.frequency,
    channels: given.channels,
    format: given.format,
    ...(audio.type === 'alsa' || audio.type === 'oss'
      ? { dev: given.dev, 'try-poll': given.tryPoll }
      : {}),
    'buffer-count': given.bufferCount,
    name: given.name,
    'stream-name': given.streamName,
    latency: given.latency,
    'server-name': given.serverName,
    'client-name': given.clientName,
    'connect-ports': given.connectPorts,
    'exact-name': given.exactName,
  }
}
