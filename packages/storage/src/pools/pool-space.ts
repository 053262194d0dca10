import { stat, statfs } from 'node:fs/promises'
import { quote } from '@polyvirt/core/driver'
import type { Pool } from '../documents/pool.ts'
import { systemError } from '../system-error.ts'

/** Bytes of the file system that a pool is in, when it was last looked at. */
export interface PoolSpace {
  readonly capacityBytes: number
  readonly allocationBytes: number
  readonly availableBytes: number
}

export const noSpace: PoolSpace = { capacityBytes: 0, allocationBytes: 0, availableBytes: 0 }

/** @throws DomainError `ERR_SYSTEM_ERROR` for what is no directory that can be read. */
export async function readSpace(path: string): Promise<PoolSpace> {
  try {
    // libvirt counts all that is free, also what is kept back for root.
    const { bsize, blocks, bfree } = await statfs(path)
    return {
      capacityBytes: bsize * blocks,
      allocationBytes: bsize * (blocks - bfree),
      availableBytes: bsize * bfree,
    }
  } catch (error) {
    throw systemError(`cannot open directory ${quote(path, 200)}`, error)
  }
}

/** A pool as it is now: with the directory's own owner and mode. */
export async function livePool(pool: Pool): Promise<Pool> {
  const { mode, uid, gid } = await stat(pool.target.path)
  const permissions = { ...pool.target.permissions, mode: mode & 0o777, owner: uid, group: gid }
  return { ...pool, target: { ...pool.target, permissions } }
}

/** What was kept of the last look: plain JSON of the store. */
export function keptSpace(facts: Readonly<Record<string, unknown>>): PoolSpace {
  const kept = facts['space'] as Partial<PoolSpace> | undefined
  return { ...noSpace, ...kept }
}
