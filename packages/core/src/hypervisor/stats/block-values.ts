import type { Disk } from '../../domain/devices/disk.ts'
import { isEmpty } from '../../qemu/devices/image-nodes.ts'
import type { BlockStatsInfo, ImageInfo } from '../../qmp/commands.ts'
import type { QmpClient } from '../../qmp/index.ts'
import type { StoredSizes } from '../../run/stored-sizes.ts'
import { imagesByAlias } from '../blocks/disk-graph.ts'
import { aliasOf, readBlockStats, readStats, sizeOf } from './block-info.ts'

type Values = Record<string, number | string | boolean>

/**
 * The block group of a guest that runs, field by field as libvirt has it.
 *
 * @param backing whether images below those in use are listed behind each disk
 */
export async function liveBlockValues(
  qmp: QmpClient,
  disks: readonly Disk[],
  backing: boolean,
): Promise<Values> {
  const list = await qmp.execute('query-blockstats')
  const stats = readBlockStats(list)
  const nodes = new Map(list.map((one) => [aliasOf(one), one]))
  const images = await imagesByAlias(qmp, disks)
  const values: Values = {}
  let count = 0
  for (const disk of disks) {
    const { alias = '', source } = disk
    const i = count++
    Object.assign(values, named(i, disk))
    if (source?.index !== undefined) values[`block.${i}.backingIndex`] = source.index
    const own = stats.get(alias)
    if (own === undefined) continue
    values[`block.${i}.rd.reqs`] = own.readRequests
    values[`block.${i}.rd.bytes`] = own.readBytes
    values[`block.${i}.rd.times`] = own.readTimeNs
    values[`block.${i}.wr.reqs`] = own.writeRequests
    values[`block.${i}.wr.bytes`] = own.writeBytes
    values[`block.${i}.wr.times`] = own.writeTimeNs
    values[`block.${i}.fl.reqs`] = own.flushRequests
    values[`block.${i}.fl.times`] = own.flushTimeNs
    const image = images.get(alias)
    if (image === undefined) continue
    values[`block.${i}.allocation`] = own.highestOffsetBytes ?? 0
    values[`block.${i}.capacity`] = image['virtual-size'] ?? 0
    values[`block.${i}.physical`] = image['actual-size'] ?? sizeOf(source?.file) ?? 0
    if (!backing) continue
    for (const below of imagesBelow(image, nodes.get(alias)))
      Object.assign(values, belowValues(count++, disk, below))
  }
  return { 'block.count': count, ...values }
}

/** An image that another one stands on, and its node. */
interface Below {
  readonly image: ImageInfo
  readonly node?: BlockStatsInfo | undefined
}

function imagesBelow(image: ImageInfo, top: BlockStatsInfo | undefined): readonly Below[] {
  const found: Below[] = []
  let node = top?.backing
  for (let at = image['backing-image']; at !== undefined; at = at['backing-image']) {
    found.push({ image: at, node })
    node = node?.backing
  }
  return found
}

function belowValues(i: number, { target }: Disk, { image, node }: Below): Values {
  const { filename } = image
  // Those that no document describes are opened by QEMU itself, under names of its own.
  const index = /^libvirt-(\d+)-/.exec(node?.['node-name'] ?? '')?.[1]
  return {
    [`block.${i}.name`]: target,
    ...(filename.startsWith('/') && { [`block.${i}.path`]: filename }),
    ...(index !== undefined && { [`block.${i}.backingIndex`]: Number(index) }),
    [`block.${i}.allocation`]: (node && readStats(node).highestOffsetBytes) ?? 0,
    [`block.${i}.capacity`]: image['virtual-size'] ?? 0,
    [`block.${i}.physical`]: image['actual-size'] ?? sizeOf(filename) ?? 0,
  }
}

/** The block group of a guest that is off: what its images are on the host. */
export async function storedBlockValues(
  disks: readonly Disk[],
  sizes: (disk: Disk) => Promise<StoredSizes | undefined>,
): Promise<Values> {
  const values: Values = { 'block.count': disks.length }
  for (const [i, disk] of disks.entries()) {
    Object.assign(values, named(i, disk))
    const found = isEmpty(disk) ? undefined : await sizes(disk)
    if (found === undefined) continue
    values[`block.${i}.allocation`] = found.allocationBytes
    values[`block.${i}.capacity`] = found.capacityBytes
    values[`block.${i}.physical`] = found.physicalBytes
  }
  return values
}

function named(i: number, { target, source }: Disk): Values {
  const path = source?.file ?? source?.dev
  return {
    [`block.${i}.name`]: target,
    ...(path !== undefined && { [`block.${i}.path`]: path }),
  }
}
