import type { Disk } from '../../domain/devices/disk.ts'
import { domainError, quote } from '../../errors.ts'
import type { BlockInfo as QmpBlockInfo, DirtyBitmapInfo, ImageInfo } from '../../qmp/commands.ts'
import type { QmpClient } from '../../qmp/index.ts'

/** An image of a disk, as QEMU has it open. */
export interface OpenImage {
  readonly file: string
  readonly format: string
  readonly sizeBytes: number
}

function isOn(
  { qdev = '' }: Pick<QmpBlockInfo, 'qdev'>,
  { alias = '' }: Pick<Disk, 'alias'>,
): boolean {
  return `${qdev}/`.startsWith(`/machine/peripheral/${alias}/`) || qdev === alias
}

type Inserted = NonNullable<QmpBlockInfo['inserted']>

async function insertedIn(qmp: QmpClient, disk: Disk): Promise<Inserted> {
  const found = (await qmp.execute('query-block')).find((one) => isOn(one, disk))
  if (found?.inserted !== undefined) return found.inserted
  throw domainError('ERR_OPERATION_INVALID', `disk ${quote(disk.target)} has no image open`)
}

/** The images in use of all disks that have one, by the alias of the disk; asked once for all. */
export async function imagesByAlias(
  qmp: QmpClient,
  disks: readonly Disk[],
): Promise<ReadonlyMap<string, ImageInfo>> {
  const list = await qmp.execute('query-block')
  return new Map(
    disks.flatMap((disk) => {
      const image = list.find((one) => isOn(one, disk))?.inserted?.image
      return image === undefined ? [] : [[disk.alias ?? '', image] as const]
    }),
  )
}

/** The node that a drive is on; nothing where it is empty. */
export async function nodeIn(qmp: QmpClient, alias: string): Promise<string | undefined> {
  const list = await qmp.execute('query-block')
  return list.find((one) => isOn(one, { alias }))?.inserted?.['node-name']
}

/** The node that a disk's device is on. */
export async function topNode(qmp: QmpClient, disk: Disk): Promise<string> {
  return (await insertedIn(qmp, disk))['node-name'] ?? ''
}

/** The nodes of a disk's images, from the one in use down: as {@link diskChain} has them. */
export async function nodesOf(qmp: QmpClient, disk: Disk): Promise<readonly string[]> {
  const nodes: string[] = []
  let at = (await qmp.execute('query-blockstats')).find((one) => isOn(one, disk))
  for (; at !== undefined; at = at.backing) nodes.push(at['node-name'] ?? '')
  return nodes
}

/** The bitmaps of the image in use. */
export async function dirtyBitmaps(
  qmp: QmpClient,
  disk: Disk,
): Promise<readonly DirtyBitmapInfo[]> {
  return (await insertedIn(qmp, disk))['dirty-bitmaps'] ?? []
}

/** Names of those that a checkpoint has made, and that are worth something. */
export async function checkpointBitmaps(qmp: QmpClient, disk: Disk): Promise<readonly string[]> {
  return (await dirtyBitmaps(qmp, disk)).flatMap(({ name, recording, persistent, inconsistent }) =>
    name !== undefined && recording && persistent && inconsistent !== true ? [name] : [],
  )
}

/** What QEMU says of the image in use, sizes and all. */
export async function topImage(qmp: QmpClient, disk: Disk): Promise<ImageInfo | undefined> {
  return (await insertedIn(qmp, disk)).image
}

/**
 * The images of a disk from the one in use down to the lowest. QEMU opens those below an image by
 * itself where no document describes them; all are here.
 *
 * Asked of the disk alone: QEMU 7.2 ends on a question about all nodes (query-named-block-nodes,
 * x-debug-query-block-graph) while an ended job that filled an image has not been dismissed.
 */
export async function diskChain(qmp: QmpClient, disk: Disk): Promise<readonly OpenImage[]> {
  const images: OpenImage[] = []
  for (let at = await topImage(qmp, disk); at !== undefined; at = at['backing-image'])
    images.push({ file: at.filename, format: at.format, sizeBytes: at['virtual-size'] ?? 0 })
  return images
}
