import { integer, oneOf, text, yesNo } from '../../xml/fields.ts'
import type { XmlFields } from '../../xml/fields.ts'
import { deviceInfoXml, virtioOptionsXml } from './device-info.ts'
import type { DeviceInfo, VirtioOptions } from './device-info.ts'

export const videoModels = [
  'vga',
  'cirrus',
  'vmvga',
  'xen',
  'vbox',
  'qxl',
  'parallels',
  'virtio',
  'gop',
  'none',
  'bochs',
  'ramfb',
] as const
export type VideoModel = (typeof videoModels)[number]

/** A graphics card. Memory sizes are in KiB. */
export interface Video extends DeviceInfo, VirtioOptions {
  readonly model?: VideoModel
  readonly ramKiB?: number
  readonly vramKiB?: number
  readonly vram64KiB?: number
  readonly vgamemKiB?: number
  readonly heads?: number
  readonly primary?: boolean
  readonly accel2d?: boolean
  readonly accel3d?: boolean
  readonly rendernode?: string
  readonly resolutionX?: number
  readonly resolutionY?: number
  readonly driverName?: 'qemu' | 'vhostuser'
  readonly vgaconf?: 'io' | 'on' | 'off'
}

/** Sizes are rounded up to a power of two, which must be one that can be read again. */
const videoMemory = { max: 2 ** 31, what: 'a size in KiB' } as const

export const videoXml: XmlFields<Video> = {
  driverName: oneOf('driver/@name', ['qemu', 'vhostuser']),
  vgaconf: oneOf('driver/@vgaconf', ['io', 'on', 'off']),
  ...virtioOptionsXml,
  model: oneOf('model/@type', videoModels),
  ramKiB: integer('model/@ram', videoMemory),
  vramKiB: integer('model/@vram', videoMemory),
  vram64KiB: integer('model/@vram64', videoMemory),
  vgamemKiB: integer('model/@vgamem', videoMemory),
  heads: integer('model/@heads', { max: 0xffffffff }),
  primary: yesNo('model/@primary'),
  accel2d: yesNo('model/acceleration/@accel2d'),
  accel3d: yesNo('model/acceleration/@accel3d'),
  rendernode: text('model/acceleration/@rendernode'),
  resolutionX: integer('model/resolution/@x', { min: 1, max: 0xffffffff }),
  resolutionY: integer('model/resolution/@y', { min: 1, max: 0xffffffff }),
  ...deviceInfoXml,
}
