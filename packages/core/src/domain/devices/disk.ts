import {
  mapped,
  fallback,
  ignored,
  integer,
  nonEmpty,
  oneOf,
  onOff,
  present,
  record,
  required,
  text,
  yesNo,
} from '../../xml/fields.ts'
import type { XmlFields } from '../../xml/fields.ts'
import { bootOptionsXml, deviceInfoXml, virtioOptionsXml } from './device-info.ts'
import type { BootOptions, DeviceInfo, VirtioOptions } from './device-info.ts'
import {
  backingStoreXml,
  diskAuthXml,
  diskEncryptionXml,
  diskFormats,
  diskSourceXml,
  diskTypes,
} from './disk-source.ts'
import type {
  BackingStore,
  DiskAuth,
  DiskEncryption,
  DiskFormat,
  DiskSource,
  DiskType,
} from './disk-source.ts'
import { bytesField } from '../memory.ts'

export { diskFormats, diskTypes } from './disk-source.ts'
export type { BackingStore, DiskFormat, DiskSource, DiskType } from './disk-source.ts'

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

/** Limits of a disk's traffic, in bytes or operations a second; bursts in `…Max`, for seconds in `…MaxLength`. */
export interface Iotune {
  readonly totalBytesSec?: number
  readonly readBytesSec?: number
  readonly writeBytesSec?: number
  readonly totalIopsSec?: number
  readonly readIopsSec?: number
  readonly writeIopsSec?: number
  readonly totalBytesSecMax?: number
  readonly readBytesSecMax?: number
  readonly writeBytesSecMax?: number
  readonly totalIopsSecMax?: number
  readonly readIopsSecMax?: number
  readonly writeIopsSecMax?: number
  readonly sizeIopsSec?: number
  readonly groupName?: string
  readonly totalBytesSecMaxLength?: number
  readonly readBytesSecMaxLength?: number
  readonly writeBytesSecMaxLength?: number
  readonly totalIopsSecMaxLength?: number
  readonly readIopsSecMaxLength?: number
  readonly writeIopsSecMaxLength?: number
}

/** QEMU's bound of a throttled rate (include/qemu/throttle.h, THROTTLE_VALUE_MAX). */
const rate = { max: 1_000_000_000_000_000, what: 'a limit' } as const

export const iotuneXml: XmlFields<Iotune> = {
  totalBytesSec: integer('total_bytes_sec', rate),
  readBytesSec: integer('read_bytes_sec', rate),
  writeBytesSec: integer('write_bytes_sec', rate),
  totalIopsSec: integer('total_iops_sec', rate),
  readIopsSec: integer('read_iops_sec', rate),
  writeIopsSec: integer('write_iops_sec', rate),
  totalBytesSecMax: integer('total_bytes_sec_max', rate),
  readBytesSecMax: integer('read_bytes_sec_max', rate),
  writeBytesSecMax: integer('write_bytes_sec_max', rate),
  totalIopsSecMax: integer('total_iops_sec_max', rate),
  readIopsSecMax: integer('read_iops_sec_max', rate),
  writeIopsSecMax: integer('write_iops_sec_max', rate),
  sizeIopsSec: integer('size_iops_sec', rate),
  groupName: text('group_name'),
  totalBytesSecMaxLength: integer('total_bytes_sec_max_length', rate),
  readBytesSecMaxLength: integer('read_bytes_sec_max_length', rate),
  writeBytesSecMaxLength: integer('write_bytes_sec_max_length', rate),
  totalIopsSecMaxLength: integer('total_iops_sec_max_length', rate),
  readIopsSecMaxLength: integer('read_iops_sec_max_length', rate),
  writeIopsSecMaxLength: integer('write_iops_sec_max_length', rate),
}

/** Cylinders, heads and sectors, as old firmware counts them. */
export interface Geometry {
  readonly cylinders: number
  readonly heads: number
  readonly sectors: number
  readonly translation?: 'none' | 'auto' | 'lba'
}

const geometryXml: XmlFields<Geometry> = {
  cylinders: required(integer('@cyls', { max: 0xffffffff })),
  heads: required(integer('@heads', { max: 0xffffffff })),
  sectors: required(integer('@secs', { max: 0xffffffff })),
  translation: oneOf('@trans', ['none', 'auto', 'lba']),
}

/** A disk, CD-ROM, floppy or passed-through LUN. */
export interface Disk extends BootOptions, DeviceInfo, VirtioOptions {
  readonly type: DiskType
  readonly device: 'disk' | 'cdrom' | 'floppy' | 'lun'
  readonly model?:
    | 'virtio'
    | 'virtio-transitional'
    | 'virtio-non-transitional'
    | 'usb-storage'
    | 'usb-bot'
  readonly rawio?: boolean
  readonly sgio?: 'filtered' | 'unfiltered'
  /** What snapshots that do not say it themselves make of it. */
  readonly snapshot?: 'no' | 'internal' | 'external' | 'manual'
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
  readonly metadataCacheBytes?: number
  /** libvirt's older place of `<auth>`, beside the source; kept where the document has it. */
  readonly auth?: DiskAuth
  readonly source?: DiskSource
  readonly backingStore?: BackingStore
  readonly geometry?: Geometry
  readonly logicalBlockSize?: number
  readonly physicalBlockSize?: number
  /** Name in the guest's order: `vda`, `sdb`; says the bus where none is given. */
  readonly target: string
  readonly bus?: DiskBus
  readonly tray?: 'open' | 'closed'
  readonly removable?: boolean
  readonly rotationRate?: number
  readonly iotune?: Iotune
  readonly readonly?: boolean
  readonly shareable?: boolean
  /** What the guest writes is gone when it stops. */
  readonly transient?: boolean
  readonly transientShareBacking?: boolean
  readonly serial?: string
  readonly wwn?: string
  readonly vendor?: string
  readonly product?: string
  /** libvirt's older place of `<encryption>`, beside the source. */
  readonly encryption?: DiskEncryption
}

export const diskXml: XmlFields<Disk> = {
  type: fallback(oneOf('@type', diskTypes), 'file'),
  device: fallback(oneOf('@device', ['disk', 'cdrom', 'floppy', 'lun']), 'disk'),
  model: oneOf('@model', [
    'virtio',
    'virtio-transitional',
    'virtio-non-transitional',
    'usb-storage',
    'usb-bot',
  ]),
  rawio: yesNo('@rawio'),
  sgio: oneOf('@sgio', ['filtered', 'unfiltered']),
  snapshot: oneOf('@snapshot', ['no', 'internal', 'external', 'manual']),
  driverName: text('driver/@name'),
  // Xen called a raw image by the way in which it was read.
  format: mapped(
    oneOf('driver/@type', [...diskFormats, 'aio'], 'ERR_CONFIG_UNSUPPORTED'),
    (written) => (written === 'aio' ? 'raw' : written),
    (format) => format,
  ),
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
  metadataCacheBytes: bytesField('driver/metadata_cache/max_size'),
  auth: record('auth', diskAuthXml),
  source: record('source', diskSourceXml),
  // A copy that was under way belongs to the guest that ran then.
  backingStore: ignored(record('backingStore', backingStoreXml), 'mirror>'),
  geometry: record('geometry', geometryXml),
  logicalBlockSize: integer('blockio/@logical_block_size', { max: 2 ** 31 }),
  physicalBlockSize: integer('blockio/@physical_block_size', { max: 2 ** 31 }),
  target: required(text('target/@dev')),
  bus: oneOf('target/@bus', diskBuses, 'ERR_XML_ERROR'),
  tray: oneOf('target/@tray', ['open', 'closed']),
  removable: onOff('target/@removable'),
  rotationRate: integer('target/@rotation_rate', { min: 1, max: 65534 }),
  iotune: record('iotune', iotuneXml),
  readonly: present('readonly'),
  shareable: present('shareable'),
  transient: present('transient'),
  transientShareBacking: yesNo('transient/@shareBacking'),
  serial: nonEmpty('serial'),
  wwn: text('wwn'),
  vendor: text('vendor'),
  product: text('product'),
  encryption: record('encryption', diskEncryptionXml),
  ...deviceInfoXml,
  ...bootOptionsXml,
}
