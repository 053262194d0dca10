import type { Disk } from '../../domain/devices/disk.ts'
import { QmpError } from '../../qmp/index.ts'
import type { QmpClient } from '../../qmp/index.ts'
import type { BlockJobFact } from '../../store/index.ts'
import { checkpointBitmaps, diskChain, nodesOf } from './disk-graph.ts'

/**
 * Has what checkpoints record of a disk go on in the image that it is about to go over to. The new
 * bitmap records before it takes over what is in the old one, so no write between the two is missed.
 * Only qcow2 keeps a bitmap; on another image the checkpoints are broken, and say so when they are used.
 */
export async function carryBitmaps(
  qmp: QmpClient,
  disk: Disk,
  { to, index }: BlockJobFact,
): Promise<void> {
  if (to?.format !== 'qcow2') return
  const bitmaps = await checkpointBitmaps(qmp, disk)
  if (bitmaps.length === 0) return
  const nodes = await nodesOf(qmp, disk)
  const from = nodes[0]
  const images = await diskChain(qmp, disk)
  const target =
    index === undefined
      ? nodes[images.findIndex(({ file }) => file === to.file)]
      : `libvirt-${index}-format`
  if (from === undefined || target === undefined) return
  for (const name of bitmaps) {
    await addBitmap(qmp, target, name)
    await qmp.executeUnchecked('block-dirty-bitmap-merge', {
      node: target,
      target: name,
      bitmaps: [{ node: from, name }],
    })
  }
}

/** A lower image has those that were begun on it, a copy those of a change-over that came to nothing. */
async function addBitmap(qmp: QmpClient, node: string, name: string): Promise<void> {
  try {
    await qmp.executeUnchecked('block-dirty-bitmap-add', { node, name, persistent: true })
  } catch (error) {
    if (!(error instanceof QmpError) || !/already exists/.test(error.message)) throw error
  }
}
