import { domainError, quote } from '@polyvirt/core/driver'
import type { DriverContext, StoredDocument } from '@polyvirt/core/driver'
import { tidyPath } from '../documents/absolute-path.ts'
import { readPool } from '../documents/pool.ts'
import { volumeRecords } from '../volumes/volume-records.ts'
import type { VolumeRecords } from '../volumes/volume-records.ts'
import type { ActivePool } from './active-pool.ts'

/** What every verb works with. */
export interface PoolRooms {
  readonly context: DriverContext
  recordsOf(uuid: string): VolumeRecords
  /** @throws DomainError `ERR_NO_STORAGE_POOL`, `ERR_OPERATION_INVALID` where it is not active. */
  active(reference: string): ActivePool
  /** Every active pool. */
  allActive(): readonly ActivePool[]
  /** The active pool in whose directory this path is, and its name there. */
  placeOf(path: string): { readonly pool: ActivePool; readonly name: string } | undefined
}

export function poolRooms(context: DriverContext): PoolRooms {
  const recordsOf = (uuid: string): VolumeRecords => volumeRecords(`${context.libDir}/${uuid}`)
  const opened = (document: StoredDocument): ActivePool => {
    const pool = readPool(document.liveXml ?? '').value
    const { name, uuid } = document
    return { document, pool, name, uuid, path: pool.target.path, records: recordsOf(uuid) }
  }
  const allActive = (): readonly ActivePool[] =>
    context.documents
      .list()
      .filter(({ active }) => active)
      .map(opened)
  return {
    context,
    recordsOf,
    active(reference) {
      const document = context.documents.lookup(reference)
      if (!document.active) throw notActive(document.name)
      return opened(document)
    },
    allActive,
    placeOf(path) {
      const tidy = tidyPath(path)
      const slash = tidy.lastIndexOf('/')
      const pool = allActive().find((one) => one.path === (tidy.slice(0, slash) || '/'))
      return pool && { pool, name: tidy.slice(slash + 1) }
    },
  }
}

export function notActive(name: string): Error {
  return domainError('ERR_OPERATION_INVALID', `storage pool ${quote(name, 200)} is not active`)
}

export function alreadyActive(name: string): Error {
  return domainError('ERR_OPERATION_INVALID', `storage pool ${quote(name, 200)} is already active`)
}
