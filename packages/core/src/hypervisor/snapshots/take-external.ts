import { existsSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Domain } from '../../domain/domain.ts'
import type { DefinitionChange, DomainRecord } from '../../store/index.ts'
import { formatDomain, parseDomain } from '../../xml/parse-domain.ts'
import { withFrozen } from '../agent/with-frozen.ts'
import { fileOf, freeIndex, stackedOn, withDisk } from '../blocks/switch-image.ts'
import { JobLeft } from '../job-left.ts'
import { keepGuest } from '../migration/keep-guest.ts'
import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import { syncDir } from '../../run/private-dir.ts'
import { writeImage } from '../saving/write-image.ts'
import { finishSnapshot } from './finish-snapshot.ts'
import type { SnapshotDetail } from './finish-snapshot.ts'
import { allExist, makeOverlays, noneExists, switchToOverlays } from './make-overlays.ts'
import type { Overlay } from './make-overlays.ts'
import { documentOf } from './take-request.ts'
import type { TakeRequest } from './take-request.ts'

/** New images above the old ones, all in one transaction of QEMU's. Tells the snapshot's document. */
export async function takeExternal(
  rooms: Rooms,
  record: DomainRecord,
  request: TakeRequest,
): Promise<string> {
  const { name, parts, domain, options, job } = request
  const { uuid } = record.domain
  const document = documentOf(rooms, record, request)
  const first = freeIndex(domain)
  const overlays = parts.map((part, i) => ({ ...part, index: first + i }))
  const memory = request.wish.memory?.file
  const files = overlays.map(({ file }) => file)
  const check = options.reuseExternal === true ? allExist : noneExists
  check(files, existsSync)
  noneExists(memory === undefined ? [] : [memory], existsSync)
  const edit = (before: Domain): Domain =>
    overlays.reduce(
      (now, { disk, file, index }) =>
        withDisk(now, { target: disk.target, file: fileOf(disk) ?? '' }, (one) =>
          stackedOn(one, { file, format: 'qcow2' }, index),
        ),
      before,
    )
  const { active } = record
  const { xml } = record.domain
  const plan =
    xml === undefined ? undefined : await rooms.plan(formatDomain(edit(parseDomain(xml).domain)))
  const after: DefinitionChange = {
    ...(active && { live: { id: active.id, xml: formatDomain(edit(domain), active.id) } }),
    ...(plan && { definition: formatDomain(plan.domain) }),
  }
  const made = options.reuseExternal === true ? [] : files
  const running = active && { ...record, active }
  const detail: SnapshotDetail = {
    snapshot: {
      name,
      xml: document,
      files,
      made: [...made, ...(memory === undefined ? [] : [memory, partial(memory)])],
      running: active?.state === 'running',
      ...(options.quiesce === true && { frozen: true }),
      ...(options.halt === true && { halt: true }),
      ...(options.noMetadata === true && { noMetadata: true }),
      after,
    },
  }
  rooms.store.setPhase(job, 'snapshot', { ...detail })
  try {
    if (running === undefined) await makeOverlays(overlays)
    else await takeLive(rooms, running, { ...request, overlays })
  } catch (error) {
    // QEMU may have gone over already, and only its answer is lost.
    if (await settle(rooms, record, { detail, error })) return document
    throw error
  }
  try {
    rooms.store.change(uuid, after)
    if (options.noMetadata !== true) rooms.store.addSnapshot({ uuid, name, xml: document })
  } catch (cause) {
    // The images are in use: whoever looks next stores what is true.
    throw new JobLeft('the snapshot is taken, and the next command stores it', cause)
  }
  if (running !== undefined && options.halt === true)
    await rooms.liveness.end(running.active, 'from snapshot', { termMs: 2000 })
  else if (memory !== undefined)
    await goOn(rooms, running).catch((cause: unknown) => {
      throw new JobLeft('the snapshot is taken, and the next command lets the guest go on', cause)
    })
  return document
}

/** What has come of it, QEMU says; where it cannot be asked now, whoever looks next asks. */
async function settle(
  { store }: Rooms,
  record: DomainRecord,
  { detail, error }: { readonly detail: SnapshotDetail; readonly error: unknown },
): Promise<boolean> {
  try {
    const isTaken = await finishSnapshot(store, record, { detail: { ...detail } })
    if (record.active !== undefined)
      store.setState(record.active, record.active.state, record.active.reason)
    return isTaken
  } catch {
    const said = error instanceof Error ? error.message : String(error)
    throw new JobLeft(`${said}; the next command finds out what has come of the snapshot`, error)
  }
}

const partial = (file: string): string => `${file}.partial`

/** The memory first, where it is wanted; then the images, at the moment that it is of. */
async function takeLive(
  rooms: Rooms,
  running: Running,
  { overlays, options, wish: { memory } }: TakeRequest & { readonly overlays: readonly Overlay[] },
): Promise<void> {
  const { uuid } = running.domain
  await withFrozen(rooms, uuid, options.quiesce === true, async () => {
    const { state } = running.active
    if (memory?.file !== undefined) {
      await writeImage(rooms, running, {
        ...options,
        kind: 'snapshot',
        path: partial(memory.file),
        state: state === 'running' ? 'running' : 'paused',
      })
      await rename(partial(memory.file), memory.file)
      await syncDir(dirname(memory.file))
    }
    const reuse = options.reuseExternal === true
    await rooms.ask(running, (qmp) => switchToOverlays(rooms, running, { qmp, overlays, reuse }))
  })
}

/** The guest runs where it did before, whatever was done to it meanwhile. */
async function goOn(rooms: Rooms, running: Running | undefined): Promise<void> {
  if (running === undefined) return
  const { active } = running
  const wasRunning = active.state === 'running'
  await rooms.ask(running, (qmp) => keepGuest(qmp, { wasRunning, xml: active.xml }))
  rooms.store.setState(active, active.state, active.reason)
}
