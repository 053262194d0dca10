import { list, record, text } from '../xml/fields.ts'
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
import { filesystemXml } from './devices/filesystem.ts'
import type { Filesystem } from './devices/filesystem.ts'
import { hostdevXml } from './devices/hostdev.ts'
import type { Hostdev } from './devices/hostdev.ts'
import { redirFilterXml, redirdevXml } from './devices/redirdev.ts'
import type { RedirFilter, Redirdev } from './devices/redirdev.ts'
import { smartcardXml } from './devices/smartcard.ts'
import type { Smartcard } from './devices/smartcard.ts'
import { tpmXml } from './devices/tpm.ts'
import type { Tpm } from './devices/tpm.ts'
import { shmemXml } from './devices/shmem.ts'
import type { Shmem } from './devices/shmem.ts'
import { memoryDeviceXml } from './devices/memory-device.ts'
import type { MemoryDevice } from './devices/memory-device.ts'
import { iommuXml } from './devices/iommu.ts'
import type { Iommu } from './devices/iommu.ts'
import { vsockXml } from './devices/vsock.ts'
import type { Vsock } from './devices/vsock.ts'
import { leaseXml } from './devices/lease.ts'
import type { Lease } from './devices/lease.ts'
import { cryptoXml } from './devices/crypto.ts'
import type { Crypto } from './devices/crypto.ts'

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
  readonly filesystem?: readonly Filesystem[]
  readonly hostdev?: readonly Hostdev[]
  readonly redirdev?: readonly Redirdev[]
  readonly smartcard?: readonly Smartcard[]
  readonly tpm?: readonly Tpm[]
  readonly shmem?: readonly Shmem[]
  readonly memory?: readonly MemoryDevice[]
  readonly iommu?: readonly Iommu[]
  readonly vsock?: readonly Vsock[]
  readonly lease?: readonly Lease[]
  readonly crypto?: readonly Crypto[]
  /** Which USB devices may be redirected; a rule for the whole domain, not a device. */
  readonly redirfilter?: RedirFilter
}

/** The device elements of the domain schema that polyvirt builds. */
export type DeviceKind = Exclude<keyof Devices, 'emulator' | 'redirfilter'>

/** One device of a kind. */
export type DeviceOf<K extends DeviceKind> = NonNullable<Devices[K]>[number]

/** The fields of each kind. */
export const deviceFields: { readonly [K in DeviceKind]: XmlFields<DeviceOf<K>> } = {
  disk: diskXml,
  controller: controllerXml,
  lease: leaseXml,
  filesystem: filesystemXml,
  interface: interfaceXml,
  smartcard: smartcardXml,
  serial: serialXml,
  parallel: parallelXml,
  console: consoleXml,
  channel: channelXml,
  input: inputXml,
  tpm: tpmXml,
  graphics: graphicsXml,
  sound: soundXml,
  audio: audioXml,
  video: videoXml,
  hostdev: hostdevXml,
  redirdev: redirdevXml,
  hub: hubXml,
  watchdog: watchdogXml,
  memballoon: memballoonXml,
  rng: rngXml,
  nvram: nvramXml,
  panic: panicXml,
  shmem: shmemXml,
  memory: memoryDeviceXml,
  iommu: iommuXml,
  vsock: vsockXml,
  crypto: cryptoXml,
}

/** Devices as libvirt writes them: this order is the order of `dumpxml`. */
export const devicesXml: XmlFields<Devices> = {
  emulator: text('emulator'),
  disk: list('disk', deviceFields.disk),
  controller: list('controller', deviceFields.controller),
  lease: list('lease', deviceFields.lease),
  filesystem: list('filesystem', deviceFields.filesystem),
  interface: list('interface', deviceFields.interface),
  smartcard: list('smartcard', deviceFields.smartcard),
  serial: list('serial', deviceFields.serial),
  parallel: list('parallel', deviceFields.parallel),
  console: list('console', deviceFields.console),
  channel: list('channel', deviceFields.channel),
  input: list('input', deviceFields.input),
  tpm: list('tpm', deviceFields.tpm),
  graphics: list('graphics', deviceFields.graphics),
  sound: list('sound', deviceFields.sound),
  audio: list('audio', deviceFields.audio),
  video: list('video', deviceFields.video),
  hostdev: list('hostdev', deviceFields.hostdev),
  redirdev: list('redirdev', deviceFields.redirdev),
  redirfilter: record('redirfilter', redirFilterXml),
  hub: list('hub', deviceFields.hub),
  watchdog: list('watchdog', deviceFields.watchdog),
  memballoon: list('memballoon', deviceFields.memballoon),
  rng: list('rng', deviceFields.rng),
  nvram: list('nvram', deviceFields.nvram),
  panic: list('panic', deviceFields.panic),
  shmem: list('shmem', deviceFields.shmem),
  memory: list('memory', deviceFields.memory),
  iommu: list('iommu', deviceFields.iommu),
  vsock: list('vsock', deviceFields.vsock),
  crypto: list('crypto', deviceFields.crypto),
}

export const deviceKinds = Object.keys(deviceFields) as readonly DeviceKind[]
