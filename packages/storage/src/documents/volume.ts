import {
  alongside,
  fallback,
  ignored,
  mapped,
  oneOf,
  present,
  quote,
  readDocument,
  record,
  report,
  required,
  text,
  writeDocument,
} from '@polyvirt/core/driver'
import type { ReadDocument, ReadDocumentOptions, XmlField, XmlFields } from '@polyvirt/core/driver'
import { absolutePath } from './absolute-path.ts'
import { permissionsXml } from './permissions.ts'
import type { Permissions } from './permissions.ts'
import { sizeField } from './size-field.ts'
import { volumeNameField } from './volume-name.ts'

/** Formats of a volume. `iso` is raw, `dir` a directory. */
export const volumeFormats = [
  'raw',
  'qcow2',
  'qcow',
  'qed',
  'vmdk',
  'vdi',
  'vpc',
  'vhdx',
  'luks',
  'iso',
  'dir',
  'bochs',
  'cloop',
  'cow',
  'dmg',
  'fat',
  'parallels',
  'ploop',
  'vhd',
] as const
export type VolumeFormat = (typeof volumeFormats)[number]

/** Seconds since the epoch with nine digits behind the point. */
export interface Timestamps {
  readonly atime?: string
  readonly mtime?: string
  readonly ctime?: string
  readonly btime?: string
}

const timestampsXml: XmlFields<Timestamps> = {
  atime: text('atime'),
  mtime: text('mtime'),
  ctime: text('ctime'),
  btime: text('btime'),
}

export interface VolumeFeatures {
  readonly lazyRefcounts?: boolean
  readonly extendedL2?: boolean
}

const featuresXml: XmlFields<VolumeFeatures> = {
  lazyRefcounts: present('lazy_refcounts'),
  extendedL2: present('extended_l2'),
}

export interface VolumeEncryption {
  readonly format: 'default' | 'qcow' | 'luks' | 'luks2'
}

const encryptionXml: XmlFields<VolumeEncryption> = {
  format: alongside(
    required(oneOf('@format', ['default', 'qcow', 'luks', 'luks2'])),
    '@engine',
    'secret!',
    'cipher!',
    'ivgen!',
  ),
}

export interface VolumeTarget {
  readonly path?: string
  readonly format?: VolumeFormat
  readonly permissions?: Permissions
  readonly timestamps?: Timestamps
  readonly encryption?: VolumeEncryption
  /** qcow2's version: `0.10` or `1.1`. */
  readonly compat?: '0.10' | '1.1'
  /** No copy-on-write of the file system (btrfs) for this file. */
  readonly nocow?: boolean
  readonly clusterSize?: number
  readonly features?: VolumeFeatures
}

const targetXml: XmlFields<VolumeTarget> = {
  // Where a volume is follows from its name; what another pool's document says is no matter.
  path: text('path'),
  format: format('format/@type'),
  permissions: record('permissions', permissionsXml),
  timestamps: record('timestamps', timestampsXml),
  encryption: record('encryption', encryptionXml),
  compat: oneOf('compat', ['0.10', '1.1'], 'ERR_CONFIG_UNSUPPORTED'),
  nocow: present('nocow'),
  clusterSize: clusterSize(),
  features: record('features', featuresXml),
}

export interface BackingStore {
  readonly path: string
  readonly format?: VolumeFormat
  readonly permissions?: Permissions
  readonly timestamps?: Timestamps
}

const backingXml: XmlFields<BackingStore> = {
  path: required(absolutePath('path')),
  format: format('format/@type'),
  permissions: record('permissions', permissionsXml),
  timestamps: record('timestamps', timestampsXml),
}

/** A volume: `<volume>`. */
export interface Volume {
  readonly type?: 'file' | 'block' | 'dir' | 'network' | 'netdir'
  readonly name: string
  readonly key?: string
  /** Bytes. */
  readonly capacity?: number
  readonly allocation?: number
  readonly physical?: number
  readonly target: VolumeTarget
  readonly backingStore?: BackingStore
}

const volumeXml: XmlFields<Volume> = {
  type: oneOf('@type', ['file', 'block', 'dir', 'network', 'netdir']),
  name: required(volumeNameField),
  key: ignored(text('key'), 'source!'),
  capacity: sizeField('capacity'),
  allocation: sizeField('allocation'),
  physical: sizeField('physical'),
  target: fallback(record('target', targetXml), {}),
  backingStore: record('backingStore', backingXml),
}

const volumeKind = { root: 'volume', fields: volumeXml }

/** @throws DomainError with every problem, its line and its path. */
export function readVolume(xml: string, options?: ReadDocumentOptions): ReadDocument<Volume> {
  return readDocument(xml, volumeKind, options)
}

export function formatVolume(volume: Volume): string {
  return writeDocument(volume, volumeKind)
}

function format(path: string): XmlField<VolumeFormat> {
  return mapped(
    text(path),
    (written, scope) => {
      const found = volumeFormats.find((one) => one === written)
      if (found !== undefined) return found
      const message = `unknown volume format type ${quote(written)}; offered: ${volumeFormats.join(', ')}`
      report(scope, 'ERR_CONFIG_UNSUPPORTED', message, path)
      return undefined
    },
    (value) => value,
  )
}

function clusterSize(): XmlField<number> {
  const field = mapped(
    sizeField('clusterSize'),
    (bytes, scope) => {
      // QEMU's bounds for qcow2.
      if (bytes >= 512 && bytes <= 2_097_152 && Number.isInteger(Math.log2(bytes))) return bytes
      const message = `${bytes} bytes are not a cluster: a power of two from 512 bytes to 2 MiB`
      report(scope, 'ERR_CONFIG_UNSUPPORTED', message, 'clusterSize')
      return undefined
    },
    (bytes) => bytes,
  )
  return {
    ...field,
    write(bytes, writer) {
      // The one size for which libvirt writes the unit so.
      writer.put(['clusterSize', '@unit'], 'B')
      writer.put(['clusterSize'], String(bytes))
    },
  }
}
