import { existsSync } from 'node:fs'
import { domainError, quote } from '../../errors.ts'
import { formatDomain, parseDomain } from '../../xml/parse-domain.ts'
import { planning } from '../host-connection.ts'
import type { RevertOptions } from '../interface/snapshots.ts'
import { findSettled } from '../live/find-settled.ts'
import type { Rooms } from '../rooms.ts'
import { managedSavePath } from '../saving/managed-save-path.ts'
import { fileOf } from '../blocks/switch-image.ts'
import { revertExternal } from './revert-external.ts'
import { goBack, stopGoingBack } from './go-back.ts'
import { checkStates } from './image-states.ts'
import { internalSnapshot } from './qemu-snapshot.ts'
import { readKept } from './snapshot-document.ts'

/** Takes a domain back to a state that its images hold. */
export async function revertSnapshot(
  rooms: Rooms,
  reference: string,
  { name, ...options }: RevertOptions & { readonly name: string },
): Promise<void> {
  const record = await findSettled(rooms, reference)
  const { uuid, xml } = record.domain
  const kept = readKept(rooms.store.snapshot(uuid, name))
  if (xml === undefined)
    throw domainError(
      'ERR_OPERATION_UNSUPPORTED',
      'a transient domain does not go back: it is forgotten when its guest ends, and its snapshots with it; make it persistent first (define)',
    )
  checkWayBack(rooms, uuid, { name, deleting: kept.deleting })
  const managedSave = managedSavePath(rooms.layout, uuid)
  const hasMemory = kept.memory === 'internal' || kept.memoryFile !== undefined
  if (existsSync(managedSave) && !hasMemory && options.force !== true)
    throw domainError(
      'ERR_OPERATION_INVALID',
      `revert requires force: the domain has a managed save, whose memory does not belong to the images of snapshot ${quote(name)}; --force gives it up`,
    )
  if (kept.disks.some(({ snapshot }) => snapshot === 'external'))
    return rooms.withJob(uuid, 'snapshot-revert', (job) =>
      revertExternal(rooms, { ...options, name, kept, record, job, managedSave }),
    )
  const paused = options.paused === true || (options.running !== true && kept.state === 'paused')
  const live = kept.memory === 'internal'
  await rooms.withJob(uuid, 'snapshot-revert', async (job) => {
    const plan = await rooms.plan(kept.domain, { live })
    const disks = (plan.domain.devices.disk ?? []).filter((disk) =>
      kept.disks.some((one) => one.name === disk.target && one.snapshot === 'internal'),
    )
    const images = disks.map((disk) => fileOf(disk) ?? '')
    await checkStates(name, images, { runs: record.active !== undefined })
    const stored = live ? (await rooms.plan(dropLive(kept.domain))).domain : plan.domain
    const definition = formatDomain(stored)
    const detail = await goBack(rooms, {
      name,
      record,
      job,
      images,
      managedSave,
      byQemu: live,
      definition,
    })
    if (!live && options.running !== true && options.paused !== true) {
      rooms.store.setLastState(uuid, 'shut off', 'from snapshot')
      return
    }
    const { startDomain } = await planning()
    const starting = startDomain({
      store: rooms.store,
      layout: rooms.layout,
      drivers: rooms.drivers,
      plan,
      job,
      options: { paused, ...(options.signal && { signal: options.signal }) },
      ...(live && {
        incoming: {
          reason: 'from snapshot',
          booted: true,
          detail,
          feed: (qmp) => internalSnapshot(qmp, 'load', { tag: name, disks }),
        },
      }),
    })
    await starting.catch(async (error: unknown) => {
      // The guest that ran is given up already, and its images are not what the definition says.
      if (live) await stopGoingBack(rooms, record, detail)
      throw error
    })
  })
}

/** @throws DomainError where nothing whole would come of it. */
function checkWayBack(
  { store }: Rooms,
  uuid: string,
  { name, deleting }: { readonly name: string; readonly deleting: boolean },
): void {
  if (deleting)
    throw domainError(
      'ERR_OPERATION_INVALID',
      `snapshot ${quote(name)} holds no whole state any more, for its images have been merged (blockcommit, or a deletion that did not come to its end): delete it`,
    )
  const { length } = store.checkpoints(uuid)
  if (length > 0)
    throw domainError(
      'ERR_OPERATION_UNSUPPORTED',
      `a domain with ${length} checkpoints does not go back: what that changes no checkpoint would know of; delete them first (checkpoint-delete), and take a full backup afterwards`,
    )
}

/** The definition that a run was started from, as far as its own document tells. */
function dropLive(xml: string): string {
  return formatDomain(parseDomain(xml).domain)
}
