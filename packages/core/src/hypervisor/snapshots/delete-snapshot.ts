import type { DomainRecord, JobRow, SnapshotRow, Store } from '../../store/index.ts'
import { parseDomain } from '../../xml/parse-domain.ts'
import type { DeleteSnapshotOptions } from '../interface/snapshots.ts'
import { JobLeft } from '../job-left.ts'
import { findSettled } from '../live/find-settled.ts'
import { withMonitor } from '../monitor.ts'
import type { Rooms } from '../rooms.ts'
import { refuseUnderSave } from '../saving/refuse-under-save.ts'
import { deleteExternal } from './delete-external.ts'
import { descendants } from './descendants.ts'
import { internalSnapshot, offlineSnapshot } from './qemu-snapshot.ts'
import { readSnapshot } from './image-chains.ts'
import { readKept } from './snapshot-document.ts'
import { removeAbandoned, wayBackImages } from './ways-back.ts'

/** Removes a snapshot, those below it, or both; the deepest first, so that none is ever left alone. */
export async function deleteSnapshot(
  rooms: Rooms,
  reference: string,
  { name, ...options }: DeleteSnapshotOptions & { readonly name: string },
): Promise<void> {
  const { uuid } = (await findSettled(rooms, reference)).domain
  const own = rooms.store.snapshot(uuid, name)
  const below =
    options.children === true || options.childrenOnly === true
      ? descendants(rooms.store.snapshots(uuid), name)
      : []
  for (const row of [...below, ...(options.childrenOnly === true ? [] : [own])]) {
    await remove(rooms, row, options.metadata === true)
    // It was what kept them.
    if (options.metadata !== true)
      await removeAbandoned(
        rooms.store,
        wayBackImages({ devices: { disk: readSnapshot(row).disks } }),
      )
  }
}

async function remove(rooms: Rooms, row: SnapshotRow, metadata: boolean): Promise<void> {
  const { uuid, name } = row
  const kept = readKept(row)
  if (!metadata && kept.disks.some(({ snapshot }) => snapshot === 'external')) {
    if ((await rooms.find(uuid)).active === undefined) refuseUnderSave(rooms.layout, uuid)
    return deleteExternal(rooms, row)
  }
  await rooms.withJob(uuid, 'snapshot-delete', async (job) => {
    if (metadata) return rooms.store.removeSnapshot(uuid, name)
    const detail: DeleteDetail = { states: name }
    rooms.store.setPhase(job, 'delete', { ...detail })
    await deleteStates(await rooms.find(uuid), row)
    try {
      rooms.store.removeSnapshot(uuid, name)
    } catch (cause) {
      throw new JobLeft('its states are deleted, and the next command forgets it', cause)
    }
  })
}

/** What the deletion of a snapshot inside the images records before it begins. */
interface DeleteDetail {
  readonly states: string
}

/** A deletion that was begun is brought to its end: some of the states may be gone. */
export async function finishDelete(
  store: Store,
  record: DomainRecord,
  { detail }: JobRow,
): Promise<void> {
  const { states } = detail as Partial<DeleteDetail>
  const { uuid } = record.domain
  const row = store.snapshots(uuid).find(({ name }) => name === states)
  if (row === undefined) return
  await deleteStates(record, row)
  store.removeSnapshot(uuid, row.name)
}

async function deleteStates({ active, domain }: DomainRecord, row: SnapshotRow): Promise<void> {
  const kept = readKept(row)
  const known = parseDomain(active?.xml ?? domain.xml ?? '').domain.devices.disk ?? []
  const disks = known.filter((disk) => kept.disks.some((one) => one.name === disk.target))
  const states = { tag: row.name, disks }
  if (active === undefined) await offlineSnapshot('-d', states)
  else await withMonitor(active, domain.name, (qmp) => internalSnapshot(qmp, 'delete', states))
}
