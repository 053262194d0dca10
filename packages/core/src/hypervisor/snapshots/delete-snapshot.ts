import type { SnapshotRow } from '../../store/index.ts'
import { parseDomain } from '../../xml/parse-domain.ts'
import type { DeleteSnapshotOptions } from '../interface/snapshots.ts'
import type { Rooms } from '../rooms.ts'
import { refuseUnderSave } from '../saving/refuse-under-save.ts'
import { deleteExternal } from './delete-external.ts'
import { descendants } from './descendants.ts'
import { internalSnapshot, offlineSnapshot } from './qemu-snapshot.ts'
import { readKept } from './snapshot-document.ts'

/** Removes a snapshot, those below it, or both; the deepest first, so that none is ever left alone. */
export async function deleteSnapshot(
  rooms: Rooms,
  reference: string,
  { name, ...options }: DeleteSnapshotOptions & { readonly name: string },
): Promise<void> {
  const { uuid } = (await rooms.find(reference)).domain
  const own = rooms.store.snapshot(uuid, name)
  const below =
    options.children === true || options.childrenOnly === true
      ? descendants(rooms.store.snapshots(uuid), name)
      : []
  for (const row of [...below, ...(options.childrenOnly === true ? [] : [own])])
    await remove(rooms, row, options.metadata === true)
}

async function remove(rooms: Rooms, row: SnapshotRow, metadata: boolean): Promise<void> {
  const { uuid, name } = row
  const kept = readKept(row)
  if (!metadata && kept.disks.some(({ snapshot }) => snapshot === 'external')) {
    if ((await rooms.find(uuid)).active === undefined) refuseUnderSave(rooms.layout, uuid)
    return deleteExternal(rooms, row)
  }
  await rooms.withJob(uuid, 'snapshot-delete', async () => {
    if (!metadata) {
      const record = await rooms.find(uuid)
      const xml = record.active?.xml ?? record.domain.xml ?? ''
      const disks = (parseDomain(xml).domain.devices.disk ?? []).filter((disk) =>
        kept.disks.some((one) => one.name === disk.target),
      )
      const { active } = record
      if (active === undefined) await offlineSnapshot('-d', { tag: name, disks })
      else
        await rooms.ask({ ...record, active }, (qmp) =>
          internalSnapshot(qmp, 'delete', { tag: name, disks }),
        )
    }
    rooms.store.removeSnapshot(uuid, name)
  })
}
