import { rm } from 'node:fs/promises'
import type { Disk } from '../../domain/devices/disk.ts'
import type { DefinitionChange, DomainRecord, JobRow, Store } from '../../store/index.ts'
import { parseDomain } from '../../xml/parse-domain.ts'
import { isAlive } from '../../run/process-identity.ts'
import { thawLeft } from '../agent/with-frozen.ts'
import { diskChain } from '../blocks/disk-graph.ts'
import { leaveFiles } from '../confinement/hand-over.ts'
import { askToFinish } from '../live/ask-to-finish.ts'
import { keepGuest } from '../migration/keep-guest.ts'
import { withMonitor } from '../monitor.ts'
import { streamSocket } from '../saving/stream-to-file.ts'
import { fileOf } from '../blocks/switch-image.ts'
import { internalSnapshot, offlineSnapshot } from './qemu-snapshot.ts'
import { holdsWrites } from './holds-writes.ts'
import { repairImages } from './image-states.ts'
import { readKept } from './snapshot-document.ts'
import { untilNobodyWorksOn } from './until-nobody-works-on.ts'

/** What the making of a snapshot records before it begins. */
export interface SnapshotDetail {
  readonly snapshot: {
    readonly name: string
    readonly xml: string
    /** New images; none where the snapshot is inside the old ones. */
    readonly files: readonly string[]
    readonly after: DefinitionChange
    /** What is to go again where it is none; all new images where missing. */
    readonly made?: readonly string[]
    /** The guest ran, and is to run on. */
    readonly running?: boolean
    /** The guest ends once it is taken. */
    readonly halt?: boolean
    /** Its file systems are frozen meanwhile. */
    readonly frozen?: boolean
    /** The images are switched, and no snapshot is remembered. */
    readonly noMetadata?: boolean
  }
}

/**
 * A snapshot whose maker died, or could not say how it went. One that QEMU has gone over to is finished; any other is taken back, for
 * nobody can tell whether it is whole. Tells whether it is taken.
 *
 * @throws where QEMU runs and cannot be told or does not say which images it is on, or a qemu-img goes on: nothing has been
 * removed then.
 */
export async function finishSnapshot(
  store: Store,
  record: DomainRecord,
  job: Pick<JobRow, 'detail'>,
): Promise<boolean> {
  const { snapshot } = job.detail as Partial<SnapshotDetail>
  if (snapshot === undefined) return false
  const { name, xml, files, after, made = files, running, frozen, noMetadata } = snapshot
  const { domain } = record
  // Nobody but qemu-img is on the images of a guest that is gone.
  const active = record.active && isAlive(record.active.process) ? record.active : undefined
  if (active !== undefined && running !== undefined) {
    await askToFinish({ ...record, active }, (qmp) =>
      keepGuest(qmp, { wasRunning: running, xml: active.xml }),
    )
    await rm(streamSocket(active.stateDir), { force: true })
    if (frozen === true) await thawLeft({ ...record, active })
  }
  if (store.snapshots(domain.uuid).some((one) => one.name === name)) return true
  const live = parseDomain(record.active?.xml ?? domain.xml ?? '').domain
  const kept = readKept({ name, xml })
  const disks = (live.devices.disk ?? []).filter((disk) =>
    kept.disks.some((one) => one.name === disk.target),
  )
  const images = disks.flatMap((disk) => fileOf(disk) ?? [])
  if (active === undefined) await untilNobodyWorksOn([...images, ...made])
  if (files.length === 0) {
    const tag = { tag: name, disks }
    if (active === undefined) {
      await repairImages(images)
      await offlineSnapshot('-d', tag).catch(() => undefined)
    } else await askToFinish({ ...record, active }, (qmp) => internalSnapshot(qmp, 'delete', tag))
    return false
  }
  const wasLive = after.live !== undefined
  const isOver =
    active === undefined
      ? wasLive && (await anyHoldsWrites(files))
      : await isOn(files, disks, { active, name: domain.name })
  if (isOver) {
    const { live: _, ...definition } = after
    store.change(domain.uuid, record.active === undefined ? definition : after)
    if (noMetadata !== true) store.addSnapshot({ uuid: domain.uuid, name, xml })
    return true
  }
  // The definition may be changed already; then the images are its own.
  const inUse = new Set(disks.map((disk) => disk.source?.file))
  if (files.some((file) => inUse.has(file))) {
    if (noMetadata !== true) store.addSnapshot({ uuid: domain.uuid, name, xml })
    return true
  }
  if (active !== undefined) leaveFiles(store, active, files)
  for (const file of made) await rm(file, { force: true })
  return false
}

/**
 * Of a guest that is gone, its new images tell: it goes over to all of them at once, and what it wrote since is in
 * them and nowhere else. Where it wrote nothing, those below hold all of it.
 */
async function anyHoldsWrites(files: readonly string[]): Promise<boolean> {
  for (const file of files) if (await holdsWrites(file)) return true
  return false
}

interface Asked {
  readonly active: NonNullable<DomainRecord['active']>
  readonly name: string
}

/** Has QEMU gone over to the new images? It does so for all disks at once. */
async function isOn(
  files: readonly string[],
  disks: readonly Disk[],
  { active, name }: Asked,
): Promise<boolean> {
  return withMonitor(active, name, async (qmp) => {
    const [first] = disks
    const [top] = first === undefined ? [] : await diskChain(qmp, first)
    return top !== undefined && files.includes(top.file)
  }).catch((error: unknown) => {
    if (isAlive(active.process)) throw error
    return anyHoldsWrites(files)
  })
}
