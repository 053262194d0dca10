import type { DomainRecord } from '../../store/index.ts'
import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import type { SnapshotDetail } from './finish-snapshot.ts'
import { internalSnapshot, offlineSnapshot } from './qemu-snapshot.ts'
import { documentOf } from './take-request.ts'
import type { TakeRequest } from './take-request.ts'

/** The state inside the images, with the memory of a guest that runs. */
export async function takeInternal(
  rooms: Rooms,
  record: DomainRecord,
  request: TakeRequest,
): Promise<void> {
  const { name, parts, options, job } = request
  const { uuid } = record.domain
  const disks = parts.map(({ disk }) => disk)
  const document = documentOf(rooms, record, request)
  const { active } = record
  const detail: SnapshotDetail = { snapshot: { name, xml: document, files: [], after: {} } }
  rooms.store.setPhase(job, 'snapshot', { ...detail })
  if (active === undefined) await offlineSnapshot('-c', { tag: name, disks })
  else {
    const running: Running = { ...record, active }
    await rooms.ask(running, (qmp) => internalSnapshot(qmp, 'save', { tag: name, disks }))
  }
  rooms.store.addSnapshot({ uuid, name, xml: document })
  if (active !== undefined && options.halt === true) {
    await rooms.liveness.end(active, 'from snapshot', { termMs: 2000 })
  }
}
