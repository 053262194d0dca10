import type { StorageVolumeSummary } from '@polyvirt/core/driver'
import { formatVolume } from '../documents/volume.ts'
import type { BackingStore, Timestamps, VolumeFormat, VolumeTarget } from '../documents/volume.ts'
import { volumeFormats } from '../documents/volume.ts'
import { belowOf } from '../images/backing-chain.ts'
import { readImage } from '../images/read-image.ts'
import type { FoundVolume } from './find-volume.ts'

/** A volume as lists show it. */
export function volumeSummary(volume: FoundVolume): StorageVolumeSummary {
  const { name, path, type, format, capacityBytes, allocationBytes, physicalBytes } = volume
  return {
    name,
    pool: volume.pool.name,
    key: path,
    path,
    type,
    format,
    capacityBytes,
    allocationBytes,
    ...(physicalBytes !== undefined && { physicalBytes }),
  }
}

/** A volume's document, as libvirt prints it after a refresh. */
export async function volumeDocument(volume: FoundVolume): Promise<string> {
  const { name, path, type, header, capacityBytes, allocationBytes, physicalBytes } = volume
  const backingStore = await backingOf(path, header)
  return formatVolume({
    type,
    name,
    key: path,
    capacity: capacityBytes,
    allocation: allocationBytes,
    ...(physicalBytes !== undefined && { physical: physicalBytes }),
    target: {
      path,
      format: volume.format,
      permissions: { mode: volume.mode & 0o777, owner: volume.owner, group: volume.group },
      timestamps: timestamps(volume.times),
      ...qcow2Words(volume),
    },
    ...(backingStore !== undefined && { backingStore }),
  })
}

function qcow2Words({ header }: FoundVolume): Partial<VolumeTarget> {
  const { compat, clusterSize, lazyRefcounts = false, extendedL2 = false } = header
  if (header.format === 'luks') return { encryption: { format: 'luks' } }
  if (compat === undefined || clusterSize === undefined) return {}
  return {
    ...(header.encrypted === true && { encryption: { format: 'default' as const } }),
    compat,
    clusterSize,
    features: { ...(lazyRefcounts && { lazyRefcounts }), ...(extendedL2 && { extendedL2 }) },
  }
}

type Times = FoundVolume['times']

function timestamps(times: Times): Timestamps {
  const { atime, mtime, ctime, btime } = times
  return {
    atime: seconds(atime),
    mtime: seconds(mtime),
    ctime: seconds(ctime),
    btime: seconds(btime),
  }
}

function seconds(nanoseconds: bigint): string {
  const part = (nanoseconds % 1_000_000_000n).toString().padStart(9, '0')
  return `${nanoseconds / 1_000_000_000n}.${part}`
}

/** The image below, with what its file says of itself if it can be looked at. */
async function backingOf(
  path: string,
  header: FoundVolume['header'],
): Promise<BackingStore | undefined> {
  const below = belowOf(path, header)
  if (below === undefined || below === 'unreadable') return undefined
  const format = volumeFormats.find((one): one is VolumeFormat => one === below.format)
  const found = await readImage(below.path).catch(() => undefined)
  return {
    path: below.path,
    ...(format !== undefined && { format }),
    ...(found && {
      permissions: {
        mode: Number(found.stat.mode) & 0o777,
        owner: Number(found.stat.uid),
        group: Number(found.stat.gid),
      },
      timestamps: timestamps({
        atime: found.stat.atimeNs,
        mtime: found.stat.mtimeNs,
        ctime: found.stat.ctimeNs,
        btime: found.stat.birthtimeNs,
      }),
    }),
  }
}
