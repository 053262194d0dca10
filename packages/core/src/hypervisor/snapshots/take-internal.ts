import type { DomainRecord } from '../../store/index.ts'
import { MonitorError } from '../../qmp/index.ts'
import { JobLeft } from '../job-left.ts'
import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import { warnOfLosses } from '../saving/warn-of-losses.ts'
import type { SnapshotDetail } from './finish-snapshot.ts'
import { internalSnapshot, offlineSnapshot } from './qemu-snapshot.ts'
import { documentOf } from './take-request.ts'
import type { TakeRequest } from './take-request.ts'

/** The state inside the images, with the memory of a guest that runs. Tells the snapshot's document. */
export async function takeInternal(
  rooms: Rooms,
  record: DomainRecord,
  request: TakeRequest,
): Promise<string> {
  const { name, parts, options, job } = request
  const { uuid } = record.domain
  const disks = parts.map(({ disk }) => disk)
  const document = documentOf(rooms, record, request)
  const { active } = record
  const halt = options.halt === true
  const snapshot = { name, xml: document, files: [], after: {}, ...(halt && { halt }) }
  const detail: SnapshotDetail = { snapshot }
  rooms.store.setPhase(job, 'snapshot', { ...detail })
  const running: Running | undefined = active && { ...record, active }
  const perform = (what: 'save' | 'delete'): Promise<void> =>
    running === undefined
      ? offlineSnapshot(what === 'save' ? '-c' : '-d', { tag: name, disks })
      : rooms.ask(running, (qmp) => internalSnapshot(qmp, what, { tag: name, disks }))
  if (running !== undefined) await warnOfLosses(rooms, running, options)
  await perform('save').catch((error: unknown) => {
    if (!(error instanceof MonitorError)) throw error
    // It may be made all the same, and nobody would know of it.
    throw new JobLeft('the next command takes the snapshot back', error)
  })
  try {
    if (options.noMetadata !== true) rooms.store.addSnapshot({ uuid, name, xml: document })
  } catch (error) {
    // A state that nobody knows of would be in the way of the next one of its name.
    await perform('delete').catch(() => {
      throw new JobLeft('the next command takes the snapshot back', error)
    })
    throw error
  }
  if (active !== undefined && halt) {
    await rooms.liveness.end(active, 'from snapshot', { termMs: 2000 })
  }
  return document
}
