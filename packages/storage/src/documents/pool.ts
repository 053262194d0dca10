import {
  DomainError,
  ignored,
  mapped,
  nameField,
  nearest,
  oneOf,
  present,
  quote,
  readDocument,
  record,
  report,
  required,
  text,
  uuidField,
  writeDocument,
} from '@polyvirt/core/driver'
import type {
  ReadDocument,
  ReadDocumentOptions,
  RequiredXmlField,
  XmlField,
  XmlFields,
} from '@polyvirt/core/driver'
import { absolutePath } from './absolute-path.ts'
import { permissionsXml } from './permissions.ts'
import type { Permissions } from './permissions.ts'
import { sizeField } from './size-field.ts'

/** Types of libvirt's schema; the ones that are built are in {@link offeredTypes}. */
export const poolTypes = [
  'dir',
  'fs',
  'netfs',
  'logical',
  'disk',
  'iscsi',
  'iscsi-direct',
  'scsi',
  'mpath',
  'rbd',
  'sheepdog',
  'gluster',
  'zfs',
  'vstorage',
] as const

export const offeredTypes = ['dir'] as const
export type PoolType = (typeof offeredTypes)[number]

export interface PoolTarget {
  /** The directory. */
  readonly path: string
  readonly permissions?: Permissions
}

/** A pool: `<pool type='dir'>`. */
export interface Pool {
  readonly type: PoolType
  readonly name: string
  readonly uuid?: string
  /** Bytes of the file system that the directory is in; read from a document, they say nothing. */
  readonly capacity?: number
  readonly allocation?: number
  readonly available?: number
  /** Copy-on-write of the file system (btrfs) for the directory. */
  readonly cow?: boolean
  /** `<source>`; a directory has nothing in it. */
  readonly source?: boolean
  readonly target: PoolTarget
}

const targetXml: XmlFields<PoolTarget> = {
  path: required(absolutePath('path')),
  permissions: record('permissions', permissionsXml),
}

const poolXml: XmlFields<Pool> = {
  type: poolType(),
  name: required(nameField),
  uuid: uuidField('uuid'),
  capacity: sizeField('capacity'),
  allocation: sizeField('allocation'),
  available: sizeField('available'),
  cow: state('features/cow/@state'),
  // libvirt reads what other types have in it, and forgets it.
  source: ignored(present('source'), 'source/dir/@path', 'source/name', 'source/format/@type'),
  target: required(record('target', targetXml)),
}

const poolKind = { root: 'pool', fields: poolXml }

/** @throws DomainError with every problem, its line and its path. */
export function readPool(xml: string, options?: ReadDocumentOptions): ReadDocument<Pool> {
  return readDocument(xml, poolKind, options)
}

export function formatPool(pool: Pool): string {
  return writeDocument(pool, poolKind)
}

function poolType(): RequiredXmlField<PoolType> {
  const field = required(text('@type'))
  return {
    ...field,
    read(scope) {
      const written = field.read(scope)
      if (written === undefined || written === 'dir') return written
      if ((poolTypes as readonly string[]).includes(written)) {
        // What else stands in such a document is that type's, and says nothing here.
        throw new DomainError([
          {
            code: 'ERR_CONFIG_UNSUPPORTED',
            root: 'pool',
            path: '@type',
            place: scope.element.place,
            message: `pools of type '${written}' are not offered; offered: ${offeredTypes.join(', ')} (mount or attach the storage yourself, and make a pool of a directory in it)`,
          },
        ])
      }
      const near = nearest(written, poolTypes)
      const way = near === undefined ? '' : `; did you mean '${near}'?`
      report(scope, 'ERR_XML_ERROR', `${quote(written)} is not a type of pool${way}`, '@type')
      return undefined
    },
    write: (type, writer) => field.write(type, writer),
  }
}

function state(path: string): XmlField<boolean> {
  return mapped(
    oneOf(path, ['yes', 'no']),
    (word) => word === 'yes',
    (on) => (on ? 'yes' : 'no'),
  )
}
