import { domainError, quote } from '../../errors.ts'
import { parseDomain } from '../../xml/parse-domain.ts'
import type { SnapshotOptions, SnapshotSummary } from '../interface/snapshots.ts'
import { refuseDisksWithJob } from '../blocks/refuse-under-block-job.ts'
import { findSettled } from '../live/find-settled.ts'
import type { Rooms } from '../rooms.ts'
import { refuseUnderSave } from '../saving/refuse-under-save.ts'
import { refuseHostDevices } from '../pci/refuse-host-devices.ts'
import { refuseTransient, refuseTransientDisk } from '../transient-disks.ts'
import { redefineSnapshot } from './redefine-snapshot.ts'
import { checkName, readWish, summaryOfSnapshot } from './snapshot-document.ts'
import { partsOf } from './snapshot-parts.ts'
import { takeExternal } from './take-external.ts'
import { takeInternal } from './take-internal.ts'
import type { TakeRequest } from './take-request.ts'

/** Keeps the state of a domain, and says so in the store: both, or neither. */
export async function createSnapshot(
  rooms: Rooms,
  reference: string,
  { xml, ...options }: SnapshotOptions & { readonly xml: string },
): Promise<SnapshotSummary> {
  const wish = readWish(xml)
  const { uuid } = (await findSettled(rooms, reference)).domain
  if (options.redefine === true) return redefineSnapshot(rooms, uuid, { xml, ...options })
  if (options.current === true)
    throw domainError('ERR_INVALID_ARG', 'current is for a snapshot that is redefined')
  return rooms.withJob(uuid, 'snapshot-create', async (job) => {
    const record = await rooms.find(uuid)
    const { active } = record
    const domain = parseDomain(active?.xml ?? record.domain.xml ?? '').domain
    const name = wish.name ?? checkName(String(Math.floor(Date.now() / 1000)))
    if (rooms.store.snapshots(uuid).some((one) => one.name === name))
      throw domainError('ERR_OPERATION_INVALID', `domain snapshot ${quote(name)} already exists`)
    const allDisks = (domain.devices.disk ?? []).map(({ target }) => target)
    const parts = partsOf(domain, wish, { name, isActive: active !== undefined, ...options })
    const busy = wish.memory?.file === undefined ? parts.map(({ disk }) => disk.target) : allDisks
    refuseDisksWithJob(record, busy)
    const request: TakeRequest = { name, parts, wish, domain, options, job }
    const isInternal = parts.every(({ kind }) => kind === 'internal')
    if (active !== undefined) {
      if (isInternal || wish.memory?.file !== undefined) {
        refuseTransient(domain, 'a snapshot of the memory')
        refuseHostDevices(domain, 'a snapshot of the memory')
      }
      for (const { disk } of parts) refuseTransientDisk(disk)
    }
    if (active === undefined && !isInternal) refuseUnderSave(rooms.layout, uuid)
    const take = isInternal ? takeInternal : takeExternal
    const taken = { uuid, name, xml: await take(rooms, record, request) }
    // Nobody remembers one without metadata: what is told of it is all there is.
    const kept = rooms.store.snapshots(uuid).find((one) => one.name === name)
    return summaryOfSnapshot(kept ?? { ...taken, current: false, createdAtMs: Date.now() })
  })
}
