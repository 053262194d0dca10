import { readdir } from 'node:fs/promises'
import { quote } from '@polyvirt/core/driver'
import { volumeNameProblem } from '../documents/volume-name.ts'
import type { ActivePool } from '../pools/active-pool.ts'
import { systemError } from '../system-error.ts'
import { lookAt } from './find-volume.ts'
import type { FoundVolume } from './find-volume.ts'

/** Files that are looked at at the same time. */
const atOnce = 16

/** Every volume of a pool, by name. Files whose names no document can hold are none. */
export async function listVolumes(pool: ActivePool): Promise<readonly FoundVolume[]> {
  const names = await readdir(pool.path).catch((error: unknown) => {
    throw systemError(`cannot open directory ${quote(pool.path, 200)}`, error)
  })
  const wanted = names.filter((name) => volumeNameProblem(name) === undefined)
  const found: FoundVolume[] = []
  for (let i = 0; i < wanted.length; i += atOnce) {
    const some = await Promise.all(wanted.slice(i, i + atOnce).map((name) => lookAt(pool, name)))
    found.push(...some.filter((one) => one !== undefined))
  }
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}
