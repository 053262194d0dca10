import { statSync } from 'node:fs'
import type { Disk } from '../../domain/devices/disk.ts'
import { domainError, quote } from '../../errors.ts'
import { isEmpty } from '../../qemu/devices/image-nodes.ts'
import { readStoredSizes } from '../../run/stored-sizes.ts'
import type { StoredSizes } from '../../run/stored-sizes.ts'
import { topImage } from '../blocks/disk-graph.ts'
import { imageInfo } from '../blocks/image-info.ts'
import type { BlockStatsInfo, ImageInfo } from '../../qmp/commands.ts'
import type { AskOptions, BlockInfo, BlockStats } from '../interface/statistics.ts'
import { asked } from '../live/change-domain.ts'
import { diskNamed } from '../live/set-iotune.ts'
import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import { askMs } from './ask.ts'

/** Sizes of an image: QEMU's own while it has it open, those of the file else. */
export async function blockInfo(
  rooms: Rooms,
  reference: string,
  { disk: name, ...options }: AskOptions & { readonly disk: string },
): Promise<BlockInfo> {
  const record = await rooms.find(reference)
  const disk = diskNamed(await asked(rooms, reference), name)
  if (isEmpty(disk))
    throw domainError('ERR_INVALID_ARG', `disk ${quote(name)} does not currently have a source`)
  const path = disk.source?.file ?? disk.source?.dev
  const { active } = record
  if (active === undefined) return offline(disk, path)
  const image = await online(rooms, { ...record, active }, { disk, options })
  const stats = await blockStats(rooms, reference, { disk: name, ...options })
  const { highestOffsetBytes = 0 } = stats
  const sizes = sizesOf(path, image)
  // As far as the guest has written, where QEMU has seen it write.
  return highestOffsetBytes === 0 ? sizes : { ...sizes, allocationBytes: highestOffsetBytes }
}

/** The same of an image that nobody has open; nothing where it cannot be looked at. */
export async function storedSizes(disk: Disk): Promise<StoredSizes | undefined> {
  return offline(disk, disk.source?.file ?? disk.source?.dev).catch(() => undefined)
}

function sizesOf(path: string | undefined, image: Image): BlockInfo {
  const capacityBytes = image['virtual-size'] ?? 0
  const physicalBytes = sizeOf(path) ?? capacityBytes
  return { capacityBytes, allocationBytes: image['actual-size'] ?? physicalBytes, physicalBytes }
}

type Image = Pick<ImageInfo, 'virtual-size' | 'actual-size'>

async function online(
  rooms: Rooms,
  running: Running,
  { disk, options }: { readonly disk: Disk; readonly options: AskOptions },
): Promise<Image> {
  const image = await rooms.ask(running, (qmp) => topImage(qmp, disk), {
    timeoutMs: askMs,
    ...options,
  })
  if (image !== undefined) return image
  throw domainError('ERR_INTERNAL_ERROR', `QEMU has no image of disk ${quote(disk.target)}`)
}

/**
 * Formats whose size stands in their first bytes are read here: a qemu-img for each disk of each domain takes
 * seconds.
 *
 * @throws DomainError where qemu-img is missing or cannot read another one.
 */
async function offline({ format = 'raw' }: Disk, path: string | undefined): Promise<StoredSizes> {
  if (path === undefined)
    throw domainError('ERR_OPERATION_UNSUPPORTED', 'only files and block devices are looked at')
  const read = await readStoredSizes(path, format)
  return read ?? sizesOf(path, await imageInfo({ file: path, format }, true))
}

export function sizeOf(path: string | undefined): number | undefined {
  try {
    const found = path === undefined ? undefined : statSync(path)
    return found?.isFile() === true ? found.size : undefined
  } catch {
    return undefined
  }
}

const nothing: BlockStats = {
  readRequests: 0,
  readBytes: 0,
  readTimeNs: 0,
  writeRequests: 0,
  writeBytes: 0,
  writeTimeNs: 0,
  flushRequests: 0,
  flushTimeNs: 0,
  errors: 0,
}

/** Counters, and how far an image was written: QEMU tells that of the file below a format. */
export interface ReadStats extends BlockStats {
  readonly highestOffsetBytes?: number
}

/** Counters of QEMU's block devices, by the alias that is in their paths. */
export function readBlockStats(list: readonly BlockStatsInfo[]): ReadonlyMap<string, ReadStats> {
  return new Map(list.map((one) => [aliasOf(one), readStats(one)]))
}

export function aliasOf({ qdev = '' }: BlockStatsInfo): string {
  return /^\/machine\/peripheral\/([^/]+)/.exec(qdev)?.[1] ?? qdev
}

export function readStats({ stats, parent }: BlockStatsInfo): ReadStats {
  const of = (key: string): number => numberOf(stats[key]) ?? 0
  const highestOffsetBytes = numberOf(parent?.stats['wr_highest_offset'])
  return {
    readRequests: of('rd_operations'),
    readBytes: of('rd_bytes'),
    readTimeNs: of('rd_total_time_ns'),
    writeRequests: of('wr_operations'),
    writeBytes: of('wr_bytes'),
    writeTimeNs: of('wr_total_time_ns'),
    flushRequests: of('flush_operations'),
    flushTimeNs: of('flush_total_time_ns'),
    errors: of('failed_rd_operations') + of('failed_wr_operations'),
    ...(highestOffsetBytes !== undefined && { highestOffsetBytes }),
  }
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 ? value : undefined
}

export async function blockStats(
  rooms: Rooms,
  reference: string,
  { disk, ...options }: AskOptions & { readonly disk?: string },
): Promise<ReadStats> {
  const running = await rooms.findActive(reference)
  const live = await rooms.live(running)
  const wanted = disk === undefined ? live.devices.disk : [diskNamed(live, disk)]
  const stats = readBlockStats(
    await rooms.ask(running, (qmp) => qmp.execute('query-blockstats'), {
      timeoutMs: askMs,
      ...options,
    }),
  )
  const [one, ...more] = (wanted ?? []).map(({ alias = '' }) => stats.get(alias) ?? nothing)
  return more.reduce(added, one ?? nothing)
}

function added(a: BlockStats, b: BlockStats): BlockStats {
  return Object.fromEntries(
    Object.keys(nothing).map((key) => [
      key,
      a[key as keyof BlockStats] + b[key as keyof BlockStats],
    ]),
  ) as unknown as BlockStats
}
