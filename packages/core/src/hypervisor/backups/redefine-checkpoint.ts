import { domainError, quote } from '../../errors.ts'
import { parseDomain } from '../../xml/parse-domain.ts'
import type { CheckpointOptions, CheckpointSummary } from '../interface/checkpoints.ts'
import type { Rooms } from '../rooms.ts'
import { dirtyBitmaps } from '../blocks/disk-graph.ts'
import {
  bitmapsOf,
  formatCheckpoint,
  needWhole,
  readCheckpoint,
  summaryOfCheckpoint,
} from './checkpoint-document.ts'

/** Stores what is known of a checkpoint whose bitmaps are in the images: after an undefine, or a move. */
export async function redefineCheckpoint(
  rooms: Rooms,
  uuid: string,
  { xml, validate }: CheckpointOptions & { readonly xml: string },
): Promise<CheckpointSummary> {
  const element = readCheckpoint(xml)
  needWhole(element)
  const name = element.name ?? ''
  if (parseDomain(element.domain ?? '').domain.uuid !== uuid)
    throw domainError(
      'ERR_INVALID_ARG',
      `the definition in checkpoint ${quote(name)} is of another domain`,
    )
  return rooms.withJob(uuid, 'checkpoint-create', async () => {
    const document = formatCheckpoint(element)
    if (validate === true) await checkBitmaps(rooms, uuid, { name, xml: document })
    const { parent, creationTime } = element
    const row = rooms.store.redefineCheckpoint({
      uuid,
      name,
      xml: document,
      current: rooms.store.checkpoints(uuid).every((one) => !one.current),
      ...(parent !== undefined && { parent }),
      ...(creationTime !== undefined && { createdAtMs: creationTime * 1000 }),
    })
    return summaryOfCheckpoint(row)
  })
}

async function checkBitmaps(
  rooms: Rooms,
  uuid: string,
  checkpoint: { readonly name: string; readonly xml: string },
): Promise<void> {
  const running = await rooms.findActive(uuid)
  const live = await rooms.live(running)
  await rooms.ask(running, async (qmp) => {
    for (const [target, bitmap] of bitmapsOf(checkpoint)) {
      const disk = (live.devices.disk ?? []).find((one) => one.target === target)
      const known = disk === undefined ? [] : await dirtyBitmaps(qmp, disk)
      const found = known.find(({ name }) => name === bitmap)
      if (found?.recording === true && found.inconsistent !== true) continue
      throw domainError(
        'ERR_CHECKPOINT_INCONSISTENT',
        `missing or broken bitmap ${quote(bitmap)} for disk ${quote(target)}`,
      )
    }
  })
}
