import type { StoragePoolSummary, StoredDocument } from '@polyvirt/core/driver'
import { formatPool, readPool } from '../documents/pool.ts'
import type { Pool } from '../documents/pool.ts'
import { keptSpace, noSpace } from './pool-space.ts'

/** A stored pool as lists show it; nothing is looked at. */
export function poolSummary(document: StoredDocument): StoragePoolSummary {
  const { name, uuid, active, persistent, autostart, facts } = document
  const { type } = poolOf(document)
  const state = active ? 'running' : 'inactive'
  const space = active ? keptSpace(facts) : noSpace
  return { name, uuid, type, state, active, persistent, autostart, ...space }
}

/** What it is active with, or its definition. */
export function poolOf(document: StoredDocument, inactive = false): Pool {
  const { xml, liveXml } = document
  const wanted = inactive ? (xml ?? liveXml) : (liveXml ?? xml)
  return readPool(wanted ?? '').value
}

/** The document with the figures of the last look; zeros while it is not active. */
export function poolDocument(document: StoredDocument, inactive: boolean): string {
  const pool = poolOf(document, inactive)
  const { capacityBytes, allocationBytes, availableBytes } = poolSummary(document)
  return formatPool({
    ...pool,
    capacity: capacityBytes,
    allocation: allocationBytes,
    available: availableBytes,
  })
}
