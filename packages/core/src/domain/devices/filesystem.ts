import { fallback, integer, oneOf, onOff, present, required, text } from '../../xml/fields.ts'
import type { XmlFields } from '../../xml/fields.ts'
import { bytesField } from '../memory.ts'
import { bootOptionsXml, deviceInfoXml, virtioOptionsXml } from './device-info.ts'
import type { BootOptions, DeviceInfo, VirtioOptions } from './device-info.ts'

export const filesystemTypes = [
  'mount',
  'template',
  'file',
  'block',
  'ram',
  'bind',
  'volume',
] as const

/** A folder of the host, seen by the guest. */
export interface Filesystem extends BootOptions, DeviceInfo, VirtioOptions {
  readonly type: (typeof filesystemTypes)[number]
  readonly accessmode?: 'passthrough' | 'mapped' | 'squash'
  readonly model?: 'virtio' | 'virtio-transitional' | 'virtio-non-transitional'
  readonly multidevs?: 'default' | 'remap' | 'forbid' | 'warn'
  /** Modes of new files and folders, in octal. */
  readonly fmode?: string
  readonly dmode?: string
  readonly driverType?: 'path' | 'handle' | 'loop' | 'nbd' | 'ploop' | 'virtiofs' | 'mtp'
  readonly format?: string
  readonly driverName?: string
  readonly wrpolicy?: 'immediate'
  readonly queueSize?: number
  readonly sourceDir?: string
  readonly sourceFile?: string
  readonly sourceDev?: string
  readonly sourceName?: string
  readonly sourceSocket?: string
  readonly sourceUsage?: number
  readonly sourceUnits?: string
  readonly sourcePool?: string
  readonly sourceVolume?: string
  readonly target: string
  readonly readonly?: boolean
  readonly spaceHardLimitBytes?: number
  readonly spaceSoftLimitBytes?: number
  readonly binary?: string
  readonly xattr?: boolean
  readonly cacheMode?: 'none' | 'always'
  readonly sandboxMode?: 'namespace' | 'chroot'
  readonly lockPosix?: boolean
  readonly lockFlock?: boolean
  readonly threadPoolSize?: number
}

export const filesystemXml: XmlFields<Filesystem> = {
  type: fallback(oneOf('@type', filesystemTypes), 'mount'),
  accessmode: oneOf('@accessmode', ['passthrough', 'mapped', 'squash']),
  model: oneOf('@model', ['virtio', 'virtio-transitional', 'virtio-non-transitional']),
  multidevs: oneOf('@multidevs', ['default', 'remap', 'forbid', 'warn']),
  fmode: text('@fmode'),
  dmode: text('@dmode'),
  driverType: oneOf('driver/@type', ['path', 'handle', 'loop', 'nbd', 'ploop', 'virtiofs', 'mtp']),
  format: text('driver/@format'),
  driverName: text('driver/@name'),
  wrpolicy: oneOf('driver/@wrpolicy', ['immediate']),
  queueSize: integer('driver/@queue', { min: 1, max: 0xffff }),
  ...virtioOptionsXml,
  binary: text('binary/@path'),
  xattr: onOff('binary/@xattr'),
  cacheMode: oneOf('binary/cache/@mode', ['none', 'always']),
  sandboxMode: oneOf('binary/sandbox/@mode', ['namespace', 'chroot']),
  lockPosix: onOff('binary/lock/@posix'),
  lockFlock: onOff('binary/lock/@flock'),
  threadPoolSize: integer('binary/thread_pool/@size', { max: 0x7fffffff }),
  sourceDir: text('source/@dir'),
  sourceFile: text('source/@file'),
  sourceDev: text('source/@dev'),
  sourceName: text('source/@name'),
  sourceSocket: text('source/@socket'),
  sourceUsage: integer('source/@usage'),
  sourceUnits: text('source/@units'),
  sourcePool: text('source/@pool'),
  sourceVolume: text('source/@volume'),
  target: required(text('target/@dir')),
  readonly: present('readonly'),
  spaceHardLimitBytes: bytesField('space_hard_limit'),
  spaceSoftLimitBytes: bytesField('space_soft_limit'),
  ...deviceInfoXml,
  ...bootOptionsXml,
}
