import { domainError, quote } from '@polyvirt/core/driver'
import type { BackingStore, VolumeFormat } from '../documents/volume.ts'
import { imageDriver } from '../images/image-options.ts'
import { readImage } from '../images/read-image.ts'
import type { ImageOnDisk } from '../images/read-image.ts'
import type { PoolRooms } from '../pools/pool-rooms.ts'
import { systemError } from '../system-error.ts'
import { refuseChain } from './refuse-chain.ts'

/** The image that a new volume is put on. */
export interface NewBacking {
  readonly path: string
  /** QEMU's name of its format, always said. */
  readonly driver: string
}

/**
 * Settles the format of the image below a new volume: what the document says; or what the file is,
 * where that is nothing a guest could have written: a volume's own, or raw.
 */
export async function settleBacking(
  rooms: PoolRooms,
  backing: BackingStore | undefined,
): Promise<NewBacking | undefined> {
  if (backing === undefined) return undefined
  const { path } = backing
  const found = await readImage(path).catch((error: unknown) => {
    throw systemError(`inaccessible backing store volume ${quote(path, 200)}`, error)
  })
  const format = backing.format ?? (await knownFormat(rooms, path, found))
  await refuseChain(rooms, { path, format, what: `the backing store ${quote(path, 200)}` })
  return { path, driver: imageDriver(format) }
}

async function knownFormat(
  rooms: PoolRooms,
  path: string,
  { stat, header }: ImageOnDisk,
): Promise<VolumeFormat> {
  const place = rooms.placeOf(path)
  const record = await place?.pool.records.read(place.name, stat.ino)
  if (record !== undefined) return record.format
  if (header?.format === 'raw') return 'raw'
  throw domainError(
    'ERR_CONFIG_UNSUPPORTED',
    `${quote(path, 200)} looks like ${header?.format ?? 'no file'}; say so: <format type='${header?.format ?? 'raw'}'/>`,
    { root: 'volume', path: 'backingStore' },
  )
}
