import { list, text } from '../xml/fields.ts'
import type { XmlFields } from '../xml/fields.ts'
import { channelXml, consoleXml, parallelXml, serialXml } from './devices/chardev.ts'
import type { Channel, Console, Parallel, Serial } from './devices/chardev.ts'
import { controllerXml } from './devices/controller.ts'
import type { Controller } from './devices/controller.ts'
import { diskXml } from './devices/disk.ts'
import type { Disk } from './devices/disk.ts'
import { graphicsXml } from './devices/graphics.ts'
import type { Graphics } from './devices/graphics.ts'
import { hubXml } from './devices/hub.ts'
import type { Hub } from './devices/hub.ts'
import { inputXml } from './devices/input.ts'
import type { Input } from './devices/input.ts'
import { interfaceXml } from './devices/interface.ts'
import type { Interface } from './devices/interface.ts'
import { memballoonXml } from './devices/memballoon.ts'
import type { Memballoon } from './devices/memballoon.ts'
import { nvramXml } from './devices/nvram.ts'
import type { Nvram } from './devices/nvram.ts'
import { panicXml } from './devices/panic.ts'
import type { Panic } from './devices/panic.ts'
import { rngXml } from './devices/rng.ts'
import type { Rng } from './devices/rng.ts'
import { audioXml, soundXml } from './devices/sound.ts'
import type { Audio, Sound } from './devices/sound.ts'
import { videoXml } from './devices/video.ts'
import type { Video } from './devices/video.ts'
import { watchdogXml } from './devices/watchdog.ts'
import type { Watchdog } from './devices/watchdog.ts'

/** Devices by kind, in document order within each kind (disks and controllers: see parse-domain). */
export interface Devices {
  /** Path of the QEMU binary; found by guest architecture where it is missing. */
  readonly emulator?: string
  readonly disk?: readonly Disk[]
  readonly controller?: readonly Controller[]
  readonly interface?: readonly Interface[]
  readonly serial?: readonly Serial[]
  readonly parallel?: readonly Parallel[]
  readonly console?: readonly Console[]
  readonly channel?: readonly Channel[]
  readonly input?: readonly Input[]
  readonly graphics?: readonly Graphics[]
  readonly sound?: readonly Sound[]
  readonly audio?: readonly Audio[]
  readonly video?: readonly Video[]
  readonly hub?: readonly Hub[]
  readonly watchdog?: readonly Watchdog[]
  readonly memballoon?: readonly Memballoon[]
  readonly rng?: readonly Rng[]
  readonly nvram?: readonly Nvram[]
  readonly panic?: readonly Panic[]
}

/** The device elements of the domain schema that polyvirt builds. */
export type DeviceKind = Exclude<keyof Devices, 'emulator'>

/** One device of a kind. */
export type DeviceOf<K extends DeviceKind> = NonNullable<Devices[K]>[number]

/** Devices as libvirt writes them: this order is the order of `dumpxml`. */
export const devicesXml: XmlFields<Devices> = {
  emulator: text('emulator'),
  disk: list('disk', diskXml),
  controller: list('controller', controllerXml),
  interface: list('interface', interfaceXml),
  serial: list('serial', serialXml),
  parallel: list('parallel', parallelXml),
  console: list('console', consoleXml),
  channel: list('channel', channelXml),
  input: list('input', inputXml),
  graphics: list('graphics', graphicsXml),
  sound: list('sound', soundXml),
  audio: list('audio', audioXml),
  video: list('video', videoXml),
  hub: list('hub', hubXml),
  watchdog: list('watchdog', watchdogXml),
  memballoon: list('memballoon', memballoonXml),
  rng: list('rng', rngXml),
  nvram: list('nvram', nvramXml),
  panic: list('panic', panicXml),
}

export const deviceKinds = Object.keys(devicesXml).filter(
  (kind) => kind !== 'emulator',
) as readonly DeviceKind[]
