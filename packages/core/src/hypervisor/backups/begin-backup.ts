import { domainError } from '../../errors.ts'
import type { Domain } from '../../domain/domain.ts'
import type { QmpClient } from '../../qmp/index.ts'
import type { BackupFact, Job } from '../../store/index.ts'
import { topNode } from '../blocks/disk-graph.ts'
import { settleBlockJobs } from '../blocks/settle-block-jobs.ts'
import type { BackupOptions } from '../interface/backups.ts'
import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import { backupActions, exportId } from './backup-actions.ts'
import type { PlacedPart } from './backup-actions.ts'
import { formatBackup, readBackup } from './backup-document.ts'
import type { BackupElement } from './backup-document.ts'
import { refuseTransientDisk } from '../transient-disks.ts'
import { backupParts, settledBackup } from './backup-parts.ts'
import type { BackupPart } from './backup-parts.ts'
import { serverAddress } from './backup-server.ts'
import type { ServerAddress } from './backup-server.ts'
import { checkParts } from './check-parts.ts'
import { checkPlaces } from './check-places.ts'
import { bitmapsOf } from './checkpoint-document.ts'
import { checkPlain } from '../blocks/new-image.ts'
import { placeCopy } from './place-copy.ts'
import { planCheckpoint } from './plan-checkpoint.ts'
import type { PlannedCheckpoint } from './plan-checkpoint.ts'
import { followBackup } from './follow-backup.ts'
import { settleBackup } from './settle-backup.ts'
import { undoBackup } from './undo-backup.ts'

/** What the beginning of a backup records before it is one. */
export interface BackupDetail {
  readonly backup: BackupFact
  /** Bitmaps of a checkpoint of the same moment, by disk. */
  readonly checkpoint?: Readonly<Record<string, string>>
}

/** Begins a backup, and the checkpoint of its moment: both, or neither. */
export async function beginBackup(
  rooms: Rooms,
  reference: string,
  { xml, ...options }: BackupOptions & { readonly xml: string },
): Promise<void> {
  const wish = readBackup(xml)
  if (options.signal?.aborted === true)
    throw domainError('ERR_OPERATION_ABORTED', 'backup: canceled by client')
  const { domain, active } = await rooms.find(reference)
  if (active === undefined)
    throw domainError('ERR_OPERATION_UNSUPPORTED', 'cannot perform disk backup for inactive domain')
  await settleBackup(rooms, await settleBlockJobs(rooms, await rooms.findActive(domain.uuid)))
  await rooms.withJob(domain.uuid, 'backup-begin', async (job) => {
    const running = await rooms.findActive(domain.uuid)
    if (running.active.facts.backup !== undefined)
      throw domainError(
        'ERR_OPERATION_INVALID',
        'there is already a backup job: wait for its end (domjobinfo), or end it (domjobabort)',
      )
    await begin(rooms, running, { job, wish, options })
  })
  if (options.wait === true && wish.mode === 'push') await followBackup(rooms, domain.uuid, options)
}

interface Begin {
  readonly job: Job
  readonly wish: BackupElement
  readonly options: BackupOptions
}

async function begin(rooms: Rooms, running: Running, { job, wish, options }: Begin): Promise<void> {
  const { active, domain } = running
  const { store } = rooms
  const live = await rooms.live(running)
  const { checkpointXml } = options
  const checkpoint =
    checkpointXml === undefined
      ? undefined
      : planCheckpoint(rooms, running, { live, xml: checkpointXml })
  const suffix = checkpoint?.name ?? String(Math.floor(Date.now() / 1000))
  const parts = backupParts(live, wish, suffix)
  for (const { disk } of parts) refuseTransientDisk(disk)
  const address = wish.mode === 'pull' ? serverAddress(wish.server, active.stateDir) : undefined
  const fact = factOf({ wish, parts, live, address, options })
  const detail: BackupDetail = {
    backup: fact,
    ...(checkpoint && { checkpoint: Object.fromEntries(checkpoint.bitmaps) }),
  }
  await rooms.ask(running, (qmp) => checkParts(rooms, qmp, { uuid: domain.uuid, parts }))
  checkPlaces({ parts, address, reuse: options.reuseExternal === true })
  store.setPhase(job, 'prepare', { ...detail })
  const made = new Set<string>()
  try {
    await rooms.ask(running, (qmp) =>
      tell(rooms, qmp, { running, parts, fact, address, checkpoint, options, live, made }),
    )
    store.beginBackup(active, fact, checkpoint?.row)
  } catch (error) {
    const disks = fact.disks.map((one) => ({ ...one, made: made.has(one.file) }))
    await undoBackup(store, running, { ...detail, backup: { ...fact, disks } })
    throw error
  }
}

interface FactRequest {
  readonly wish: BackupElement
  readonly parts: readonly BackupPart[]
  readonly live: Domain
  readonly address: ServerAddress | undefined
  readonly options: BackupOptions
}

function factOf({ wish, parts, live, address, options }: FactRequest): BackupFact {
  const server =
    address?.type === 'unix'
      ? ({ transport: 'unix', socket: address.data.path } as const)
      : wish.server
  return {
    mode: wish.mode,
    xml: formatBackup(settledBackup({ ...wish, ...(server && { server }) }, parts, live)),
    startedAtMs: Date.now(),
    disks: parts.map(({ disk, file, type, index, bitmap }) => ({
      target: disk.target,
      file,
      made: type === 'file' && options.reuseExternal !== true,
      index,
      ...(bitmap !== undefined && { bitmap }),
    })),
    ...(address?.type === 'unix' && { socket: address.data.path }),
  }
}

interface Tell {
  readonly running: Running
  readonly parts: readonly BackupPart[]
  readonly fact: BackupFact
  readonly address: ServerAddress | undefined
  readonly checkpoint: PlannedCheckpoint | undefined
  readonly options: BackupOptions
  readonly live: Domain
  /** Files that have been made. */
  readonly made: Set<string>
}

async function tell(rooms: Rooms, qmp: QmpClient, request: Tell): Promise<void> {
  const { running, parts, fact, address, checkpoint, options, live, made } = request
  const reuse = options.reuseExternal === true
  const placed: PlacedPart[] = []
  for (const { disk } of parts) checkPlain(disk)
  for (const part of parts)
    placed.push(await placeCopy(rooms, qmp, { running, part, mode: fact.mode, reuse, made }))
  if (address !== undefined) await qmp.executeUnchecked('nbd-server-start', { addr: address })
  const { store } = rooms
  const bitmaps = new Map(
    store.checkpoints(running.domain.uuid).map((row) => [row.name, bitmapsOf(row)] as const),
  )
  const actions = backupActions(fact.mode, placed, (since, target) =>
    bitmaps.get(since)?.get(target),
  )
  for (const [target, bitmap] of checkpoint?.bitmaps ?? []) {
    const disk = (live.devices.disk ?? []).find((one) => one.target === target)
    if (disk === undefined) continue
    actions.push({
      type: 'block-dirty-bitmap-add',
      data: { node: await topNode(qmp, disk), name: bitmap, persistent: true },
    })
  }
  await qmp.executeUnchecked('transaction', { actions })
  if (address === undefined) return
  for (const { part, copy } of placed) {
    await qmp.executeUnchecked('block-export-add', {
      type: 'nbd',
      id: exportId(part.disk.target),
      'node-name': copy,
      name: part.exportName,
      writable: false,
      ...(part.bitmap !== undefined && { bitmaps: [part.bitmap] }),
    })
  }
}
