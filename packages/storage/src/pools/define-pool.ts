import { domainError, freshUuid, quote } from '@polyvirt/core/driver'
import type { DriverContext, Problem, ReadDocumentOptions } from '@polyvirt/core/driver'
import { formatPool, readPool } from '../documents/pool.ts'
import type { Pool } from '../documents/pool.ts'
import { poolOf } from './pool-summary.ts'

/** A pool as it is to be stored: with a UUID, and without what only looking can tell. */
export interface SettledPool {
  readonly pool: Pool & { readonly uuid: string }
  readonly xml: string
  readonly warnings: readonly Problem[]
}

/**
 * Reads a document and settles what it leaves open. A pool of that name keeps its UUID.
 *
 * @throws DomainError `ERR_OPERATION_FAILED` where another pool has the same directory.
 */
export function settlePool(
  { documents }: DriverContext,
  source: string,
  options?: ReadDocumentOptions,
): SettledPool {
  const { value, warnings } = readPool(source, options)
  const { capacity: _, allocation: __, available: ___, ...asked } = value
  const uuid = asked.uuid ?? documents.find(asked.name)?.uuid ?? freshUuid()
  const pool = { ...asked, uuid, source: true }
  const { path } = pool.target
  const other = documents
    .list()
    .find((one) => one.uuid !== uuid && one.name !== pool.name && poolOf(one).target.path === path)
  if (other !== undefined) {
    const message = `Storage source conflict with pool: ${quote(other.name, 200)}`
    throw domainError('ERR_OPERATION_FAILED', message, { root: 'pool', path: 'target/path' })
  }
  return { pool, xml: formatPool(pool), warnings }
}
