import { lstat } from 'node:fs/promises'
import { domainError, quote } from '@polyvirt/core/driver'
import { volumeNameProblem } from '../documents/volume-name.ts'
import type { VolumeFormat } from '../documents/volume.ts'
import { readImage } from '../images/read-image.ts'
import type { ImageHeader } from '../images/image-header.ts'
import type { ActivePool } from '../pools/active-pool.ts'

/** A volume as it lies in its pool. */
export interface FoundVolume {
  readonly pool: ActivePool
  readonly name: string
  readonly path: string
  readonly type: 'file' | 'dir'
  readonly format: VolumeFormat
  readonly capacityBytes: number
  readonly allocationBytes: number
  /** Nothing for a directory. */
  readonly physicalBytes?: number
  readonly header: ImageHeader
  /** The image below that its document named, if it was made here. */
  readonly backing?: string
  readonly inode: bigint
  /** The name is a link's. */
  readonly link: boolean
  readonly mode: number
  readonly owner: number
  readonly group: number
  /** Nanoseconds since the epoch. */
  readonly times: Readonly<Record<'atime' | 'mtime' | 'ctime' | 'btime', bigint>>
}

/** @throws DomainError `ERR_NO_STORAGE_VOL`. */
export async function findVolume(pool: ActivePool, name: string): Promise<FoundVolume> {
  const found = volumeNameProblem(name) === undefined ? await lookAt(pool, name) : undefined
  if (found !== undefined) return found
  const message = `no storage vol with matching name ${quote(name, 200)}`
  throw domainError('ERR_NO_STORAGE_VOL', message)
}

/** Nothing for what is no volume: neither a file nor a directory, a dangling link, or gone by now. */
export async function lookAt(pool: ActivePool, name: string): Promise<FoundVolume | undefined> {
  const path = `${pool.path}/${name}`
  try {
    const own = await lstat(path)
    const { stat, header = { format: 'dir' } } = await readImage(path)
    const type = stat.isFile() ? 'file' : stat.isDirectory() ? 'dir' : undefined
    if (type === undefined) return undefined
    const record = type === 'file' ? await pool.records.read(name, stat.ino) : undefined
    const known = record === undefined ? header : withFormat(header, record.format)
    const size = Number(stat.size)
    return {
      pool,
      name,
      path,
      type,
      format: known.format,
      header: known,
      capacityBytes: type === 'dir' ? 0 : (known.capacity ?? size),
      allocationBytes: type === 'dir' ? 0 : Number(stat.blocks) * 512,
      ...(type === 'file' && { physicalBytes: size }),
      ...(record?.backing !== undefined && { backing: record.backing }),
      inode: stat.ino,
      link: own.isSymbolicLink(),
      mode: Number(stat.mode) & 0o7777,
      owner: Number(stat.uid),
      group: Number(stat.gid),
      times: {
        atime: stat.atimeNs,
        mtime: stat.mtimeNs,
        ctime: stat.ctimeNs,
        btime: stat.birthtimeNs,
      },
    }
  } catch {
    return undefined
  }
}

/** The format it was made in; what the bytes say of another one is its guest's doing. */
function withFormat(header: ImageHeader, format: VolumeFormat): ImageHeader {
  return header.format === format ? header : { format }
}
