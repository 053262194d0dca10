import { domainError } from '../../errors.ts'
import type { SnapshotRow } from '../../store/index.ts'
import { parseDomain } from '../../xml/parse-domain.ts'
import type { DeleteSnapshotOptions } from '../interface/snapshots.ts'
import type { Rooms } from '../rooms.ts'
import { descendants } from './descendants.ts'
import { internalSnapshot, offlineSnapshot } from './qemu-snapshot.ts'
import { readKept } from './snapshot-document.ts'

/** Removes a snapshot, those below it, or both; the deepest first, so that none is ever left alone. */
export async function deleteSnapshot(
  rooms: Rooms,
  reference: string,
  { name, ...options }: DeleteSnapshotOptions & { readonly name: string },
): Promise<void> {
  const { domain } = await rooms.find(reference)
  await rooms.withJob(domain.uuid, 'snapshot-delete', async () => {
    const all = rooms.store.snapshots(domain.uuid)
    const own = rooms.store.snapshot(domain.uuid, name)
    const below =
      options.children === true || options.childrenOnly === true ? descendants(all, name) : []
    for (const row of [...below, ...(options.childrenOnly === true ? [] : [own])])
      await remove(rooms, row, options.metadata === true)
  })
}

async function remove(rooms: Rooms, row: SnapshotRow, metadata: boolean): Promise<void> {
  const { uuid, name } = row
  const kept = readKept(row)
  if (!metadata) {
    const external = kept.disks.filter(({ snapshot }) => snapshot === 'external').length
    if (external > 0) {
      throw domainError(
        'ERR_CONFIG_UNSUPPORTED',
        `deletion of ${external} external disk snapshots not supported yet: commit the images (blockcommit), then forget the snapshot (--metadata)`,
      )
    }
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
}
