import { runProgram } from '../../run/run-program.ts'
import type { CheckpointRow } from '../../store/index.ts'
import { parseDomain } from '../../xml/parse-domain.ts'
import { fileOf } from '../blocks/switch-image.ts'
import type { DeleteCheckpointOptions } from '../interface/checkpoints.ts'
import type { Rooms } from '../rooms.ts'
import { descendants } from '../snapshots/descendants.ts'
import { bitmapsOf } from './checkpoint-document.ts'
import { removeBitmaps } from './undo-backup.ts'

/** Removes a checkpoint, those below it, or both. Bitmaps go first: one without a name harms nobody. */
export async function deleteCheckpoint(
  rooms: Rooms,
  reference: string,
  { name, ...options }: DeleteCheckpointOptions & { readonly name: string },
): Promise<void> {
  const { domain } = await rooms.find(reference)
  const { uuid } = domain
  await rooms.withJob(uuid, 'checkpoint-delete', async () => {
    const own = rooms.store.checkpoint(uuid, name)
    const below =
      options.children === true || options.childrenOnly === true
        ? descendants(rooms.store.checkpoints(uuid), name)
        : []
    for (const row of [...below, ...(options.childrenOnly === true ? [] : [own])]) {
      if (options.metadata !== true) await forgetWrites(rooms, row)
      rooms.store.removeCheckpoint(uuid, row.name)
    }
  })
}

/** Of a guest that is off, qemu-img does what QEMU does of one that runs. */
async function forgetWrites(rooms: Rooms, row: CheckpointRow): Promise<void> {
  const record = rooms.store.get(row.uuid)
  const bitmaps = bitmapsOf(row)
  const { active } = record ?? {}
  if (record !== undefined && active !== undefined) {
    await rooms.ask({ ...record, active }, (qmp) =>
      removeBitmaps(qmp, active, Object.fromEntries(bitmaps)),
    )
    return
  }
  for (const disk of parseDomain(record?.domain.xml ?? '').domain.devices.disk ?? []) {
    const [bitmap, file] = [bitmaps.get(disk.target), fileOf(disk)]
    if (bitmap === undefined || file === undefined) continue
    const args = ['bitmap', '--remove', '-f', disk.format ?? 'raw', '--', file, bitmap]
    await runProgram('qemu-img', args, {
      install: 'apt-get install qemu-utils',
      // One that has no such bitmap (any more) is what is wanted.
      expected: [1],
    })
  }
}
