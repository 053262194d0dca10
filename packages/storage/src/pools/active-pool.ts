import type { StoredDocument } from '@polyvirt/core/driver'
import type { Pool } from '../documents/pool.ts'
import type { VolumeRecords } from '../volumes/volume-records.ts'

/** A pool that is in use. */
export interface ActivePool {
  readonly document: StoredDocument
  readonly pool: Pool
  readonly name: string
  readonly uuid: string
  /** Its directory. */
  readonly path: string
  readonly records: VolumeRecords
}
