import { mkdir, stat, truncate } from 'node:fs/promises'
import { DomainError, quote } from '@polyvirt/core/driver'
import type { Problem, VolumeCreateOptions } from '@polyvirt/core/driver'
import { readVolume } from '../documents/volume.ts'
import type { Volume } from '../documents/volume.ts'
import { imageDriver, imageOptions, imageProblems } from '../images/image-options.ts'
import { qemuImg } from '../images/qemu-img.ts'
import type { ActivePool } from '../pools/active-pool.ts'
import type { PoolRooms } from '../pools/pool-rooms.ts'
import { systemError } from '../system-error.ts'
import { settleBacking } from './backing-of-new.ts'
import type { NewBacking } from './backing-of-new.ts'
import { makeFile, refuseExisting, syncDir } from './new-file.ts'

/** A document that is asked for, and what is not understood in it. */
export interface AskedVolume {
  readonly volume: Volume
  readonly warnings: readonly Problem[]
}

/** @throws DomainError with every problem, for what cannot be made. */
export function askedVolume(
  xml: string,
  { preallocateMetadata = false, ...options }: VolumeCreateOptions = {},
  { needsCapacity = true }: { readonly needsCapacity?: boolean } = {},
): AskedVolume {
  const { value, warnings, locate } = readVolume(xml, options)
  const problems: Problem[] = []
  const { type = 'file', capacity, backingStore } = value
  if (type !== 'file' && type !== 'dir') {
    problems.push({
      code: 'ERR_CONFIG_UNSUPPORTED',
      root: 'volume',
      path: '@type',
      message: `volumes of type '${type}' are not offered in a pool of type 'dir'; offered: file, dir`,
    })
  }
  if (needsCapacity && capacity === undefined && backingStore === undefined && !isDir(value)) {
    problems.push({
      code: 'ERR_XML_ERROR',
      root: 'volume',
      path: 'capacity',
      message: 'missing capacity element',
    })
  }
  if (!isDir(value)) problems.push(...imageProblems(value, preallocateMetadata))
  const [first, ...rest] = problems.map((one) => {
    const place = one.path === undefined ? undefined : locate(one.path)
    return place === undefined ? one : { ...one, place }
  })
  if (first !== undefined) throw new DomainError([first, ...rest])
  return { volume: value, warnings }
}

export function isDir({ type, target }: Volume): boolean {
  return type === 'dir' || target.format === 'dir'
}

/** Makes an empty volume. */
export async function createVolume(
  rooms: PoolRooms,
  { pool, volume }: { readonly pool: ActivePool; readonly volume: Volume },
  options: VolumeCreateOptions,
): Promise<void> {
  const { name, target } = volume
  if (isDir(volume)) return makeDirectory(pool, volume)
  await refuseExisting(`${pool.path}/${volume.name}`)
  const backing = await settleBacking(rooms, volume.backingStore)
  const { permissions } = target
  const place = { dir: pool.path, name, ...(permissions && { permissions }) }
  await makeFile(place, async (temporary) => {
    await makeImage({ temporary, volume, backing, pool }, options)
    await recordVolume({ temporary, volume, backing, pool })
  })
}

export interface NewImage {
  readonly pool: ActivePool
  readonly volume: Volume
  readonly backing: NewBacking | undefined
  /** The file in the making. */
  readonly temporary: string
}

/** Remembers what it is made as, before it has its name; see volume-records.ts. */
export async function recordVolume(image: NewImage): Promise<void> {
  const { pool, volume, backing, temporary } = image
  const { format = 'raw' } = volume.target
  const { ino } = await stat(temporary, { bigint: true })
  const named = backing === undefined ? {} : { backing: backing.path }
  await pool.records.write(volume.name, ino, { format, ...named })
}

async function makeImage(
  image: NewImage,
  { signal, preallocateMetadata }: VolumeCreateOptions,
): Promise<void> {
  const { temporary, volume, backing, pool } = image
  const { name, target, capacity } = volume
  const { format = 'raw' } = target
  const space = spaceOf(volume, preallocateMetadata === true)
  await qemuImg(
    [
      'create',
      '-q',
      ...['-f', imageDriver(format)],
      ...imageOptions(volume, space),
      ...(backing === undefined ? [] : ['-b', backing.path, '-F', backing.driver]),
      temporary,
      // Without one, it is as large as the image below.
      ...(space.sizeBytes === undefined ? [] : [String(space.sizeBytes)]),
    ],
    {
      failing: `cannot create volume ${quote(name, 200)}`,
      what: `volume ${quote(name, 200)}`,
      renamed: [temporary, `${pool.path}/${name}`],
      ...(signal && { signal }),
    },
  )
  if (capacity !== undefined && (space.sizeBytes ?? 0) < capacity) {
    await truncate(temporary, capacity)
  }
}

interface Space {
  /** Size that the image is made with; a raw one grows to its capacity without taking more space. */
  readonly sizeBytes?: number
  readonly preallocation?: 'metadata' | 'falloc'
}

/** Raw volumes take their space at once unless they say less; others only where asked to. */
function spaceOf({ capacity, allocation, target }: Volume, preallocate: boolean): Space {
  if (capacity === undefined) return {}
  if (imageDriver(target.format ?? 'raw') === 'raw') {
    const sizeBytes = Math.min(allocation ?? capacity, capacity)
    return sizeBytes === 0 ? { sizeBytes: capacity } : { sizeBytes, preallocation: 'falloc' }
  }
  if (!preallocate) return { sizeBytes: capacity }
  const whole = allocation !== undefined && allocation >= capacity
  return { sizeBytes: capacity, preallocation: whole ? 'falloc' : 'metadata' }
}

async function makeDirectory(pool: ActivePool, { name, target }: Volume): Promise<void> {
  const path = `${pool.path}/${name}`
  await refuseExisting(path)
  try {
    await mkdir(path, { mode: target.permissions?.mode ?? 0o700 })
    await syncDir(pool.path)
  } catch (error) {
    throw systemError(`cannot create the directory ${quote(path, 200)}`, error)
  }
}
