import { formatPool } from '../documents/pool.ts'
import type { Pool } from '../documents/pool.ts'
import { removeLeftovers } from '../volumes/new-file.ts'
import { livePool, readSpace } from './pool-space.ts'
import type { PoolSpace } from './pool-space.ts'

/** What a pool is active with. */
export interface LookedAt {
  readonly liveXml: string
  readonly facts: { readonly space: PoolSpace }
}

/**
 * Looks at a pool's directory, and removes what dead processes have left half made in it.
 *
 * @throws DomainError where the directory is not there.
 */
export async function lookAtPool(pool: Pool): Promise<LookedAt> {
  const space = await readSpace(pool.target.path)
  const live = await livePool(pool)
  await removeLeftovers(pool.target.path)
  return { liveXml: formatPool(live), facts: { space } }
}
