import {
  integer,
  nonEmpty,
  oneOf,
  present,
  record,
  required,
  text,
  yesNo,
  onOff,
  fallback,
} from '../../xml/fields.ts'
import type { XmlField, XmlFields } from '../../xml/fields.ts'
import { deviceInfoXml, virtioOptionsXml } from './device-info.ts'
import type { DeviceInfo, VirtioOptions } from './device-info.ts'

export const diskBuses = [
  'virtio',
  'scsi',
  'sata',
  'ide',
  'usb',
  'fdc',
  'sd',
  'xen',
  'uml',
] as const
export type DiskBus = (typeof diskBuses)[number]

export const diskTypes = [
  'file',
  'block',
  'dir',
  'network',
  'volume',
  'nvme',
  'vhostuser',
  'vhostvdpa',
] as const
export type DiskType = (typeof diskTypes)[number]

/** Image formats QEMU reads; the format is always stated, never probed. */
export const diskFormats = [
  'raw',
  'qcow2',
  'qcow',
  'qed',
  'vmdk',
  'vdi',
  'vpc',
  'vhdx',
  'dmg',
  'cloop',
  'bochs',
  'parallels',
  'luks',
  'iso',
  'fat',
  'dir',
  'ploop',
  'cow',
  'vhd',
] as const
export type DiskFormat = (typeof diskFormats)[number]

/** Where the data is: `<source …/>`. Which property counts follows from the disk's `type`. */
export interface DiskSource {
  readonly file?: string
  readonly dev?: string
  readonly dir?: string
  readonly startupPolicy?: 'mandatory' | 'requisite' | 'optional'
}

export const diskSourceXml: XmlFields<DiskSource> = {
  file: nonEmpty('@file'),
  dev: nonEmpty('@dev'),
  dir: nonEmpty('@dir'),
  startupPolicy: oneOf('@startupPolicy', ['mandatory', 'requisite', 'optional']),
}

/** An image below another; the chain ends with an element without a type. */
export interface BackingStore {
  readonly type?: DiskType
  readonly format?: DiskFormat
  readonly source?: DiskSource
  readonly backingStore?: BackingStore
}

export const backingStoreXml: XmlFields<BackingStore> = {
  type: oneOf('@type', diskTypes),
  format: oneOf('format/@type', diskFormats),
  source: record('source', diskSourceXml),
  get backingStore(): XmlField<BackingStore> {
    return record('backingStore', backingStoreXml)
  },
}

/** A disk, CD-ROM, floppy or passed-through LUN. */
export interface Disk extends DeviceInfo, VirtioOptions {
  readonly type: DiskType
  readonly device: 'disk' | 'cdrom' | 'floppy' | 'lun'
  readonly model?: 'virtio' | 'virtio-transitional' | 'virtio-non-transitional'
  readonly rawio?: boolean
  readonly sgio?: 'filtered' | 'unfiltered'
  readonly snapshot?: 'no' | 'internal' | 'external'
  readonly driverName?: string
  readonly format?: DiskFormat
  readonly cache?: 'default' | 'none' | 'writethrough' | 'writeback' | 'directsync' | 'unsafe'
  readonly errorPolicy?: 'stop' | 'report' | 'ignore' | 'enospace'
  readonly rerrorPolicy?: 'stop' | 'report' | 'ignore'
  readonly io?: 'native' | 'threads' | 'io_uring'
  readonly ioeventfd?: boolean
  readonly eventIdx?: boolean
  readonly copyOnRead?: boolean
  readonly discard?: 'unmap' | 'ignore'
  readonly iothread?: number
  readonly detectZeroes?: 'off' | 'on' | 'unmap'
  readonly queues?: number
  readonly queueSize?: number
  readonly source?: DiskSource
  readonly backingStore?: BackingStore
  readonly logicalBlockSize?: number
  readonly physicalBlockSize?: number
  /** Name in the guest's order: `vda`, `sdb`; says the bus where none is given. */
  readonly target: string
  readonly bus?: DiskBus
  readonly tray?: 'open' | 'closed'
  readonly removable?: boolean
  readonly rotationRate?: number
  readonly readonly?: boolean
  readonly shareable?: boolean
  readonly serial?: string
  readonly wwn?: string
  readonly vendor?: string
  readonly product?: string
}

export const diskXml: XmlFields<Disk> = {
  type: fallback(oneOf('@type', diskTypes), 'file'),
  device: fallback(oneOf('@device', ['disk', 'cdrom', 'floppy', 'lun']), 'disk'),
  model: oneOf('@model', ['virtio', 'virtio-transitional', 'virtio-non-transitional']),
  rawio: yesNo('@rawio'),
  sgio: oneOf('@sgio', ['filtered', 'unfiltered']),
  snapshot: oneOf('@snapshot', ['no', 'internal', 'external']),
  driverName: text('driver/@name'),
  format: oneOf('driver/@type', diskFormats, 'ERR_CONFIG_UNSUPPORTED'),
  cache: oneOf('driver/@cache', [
    'default',
    'none',
    'writethrough',
    'writeback',
    'directsync',
    'unsafe',
  ]),
  errorPolicy: oneOf('driver/@error_policy', ['stop', 'report', 'ignore', 'enospace']),
  rerrorPolicy: oneOf('driver/@rerror_policy', ['stop', 'report', 'ignore']),
  io: oneOf('driver/@io', ['native', 'threads', 'io_uring']),
  ioeventfd: onOff('driver/@ioeventfd'),
  eventIdx: onOff('driver/@event_idx'),
  copyOnRead: onOff('driver/@copy_on_read'),
  discard: oneOf('driver/@discard', ['unmap', 'ignore']),
  iothread: integer('driver/@iothread', { min: 1, max: 0xffffffff }),
  detectZeroes: oneOf('driver/@detect_zeroes', ['off', 'on', 'unmap']),
  queues: integer('driver/@queues', { min: 1, max: 0xffff }),
  queueSize: integer('driver/@queue_size', { min: 1, max: 0xffff }),
  ...virtioOptionsXml,
  source: record('source', diskSourceXml),
  backingStore: record('backingStore', backingStoreXml),
  logicalBlockSize: integer('blockio/@logical_block_size', { max: 2 ** 31 }),
  physicalBlockSize: integer('blockio/@physical_block_size', { max: 2 ** 31 }),
  target: required(text('target/@dev')),
  bus: oneOf('target/@bus', diskBuses, 'ERR_XML_ERROR'),
  tray: oneOf('target/@tray', ['open', 'closed']),
  removable: onOff('target/@removable'),
  rotationRate: integer('target/@rotation_rate', { min: 1, max: 65534 }),
  readonly: present('readonly'),
  shareable: present('shareable'),
  serial: nonEmpty('serial'),
  wwn: text('wwn'),
  vendor: text('vendor'),
  product: text('product'),
  ...deviceInfoXml,
}
