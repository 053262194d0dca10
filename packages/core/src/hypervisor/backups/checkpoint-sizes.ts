import type { CheckpointRow } from '../../store/index.ts'
import { dirtyBitmaps } from '../blocks/disk-graph.ts'
import type { Rooms } from '../rooms.ts'
import { bitmapsOf } from './checkpoint-document.ts'

/** Bytes that each disk has written since a checkpoint: what an incremental backup would take. */
export async function checkpointSizes(
  rooms: Rooms,
  row: CheckpointRow,
): Promise<ReadonlyMap<string, number>> {
  const running = await rooms.findActive(row.uuid)
  const live = await rooms.live(running)
  const bitmaps = bitmapsOf(row)
  return rooms.ask(running, async (qmp) => {
    const sizes = new Map<string, number>()
    for (const disk of live.devices.disk ?? []) {
      const bitmap = bitmaps.get(disk.target)
      if (bitmap === undefined) continue
      const found = (await dirtyBitmaps(qmp, disk)).find(({ name }) => name === bitmap)
      if (found !== undefined) sizes.set(disk.target, found.count)
    }
    return sizes
  })
}
