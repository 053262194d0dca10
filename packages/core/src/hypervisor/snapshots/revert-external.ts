import { existsSync } from 'node:fs'
import type { Domain } from '../../domain/domain.ts'
import { domainError, quote } from '../../errors.ts'
import type { DomainRecord, Job } from '../../store/index.ts'
import { formatDomain, parseDomain } from '../../xml/parse-domain.ts'
import { fileOf, freeIndex, stackedOn, withDisk } from '../blocks/switch-image.ts'
import { planning } from '../host-connection.ts'
import type { RevertOptions } from '../interface/snapshots.ts'
import type { Rooms } from '../rooms.ts'
import { incomingFrom } from '../saving/restore-domain.ts'
import { readImage } from '../saving/save-image.ts'
import { goBack } from './go-back.ts'
import { makeOverlays } from './make-overlays.ts'
import type { Overlay } from './make-overlays.ts'
import type { KeptSnapshot } from './snapshot-document.ts'
import { wayBackName } from './ways-back.ts'

export interface RevertRequest extends RevertOptions {
  readonly name: string
  readonly kept: KeptSnapshot
  readonly record: DomainRecord
  readonly job: Job
  readonly managedSave: string
}

/**
 * Takes a domain back to images that a snapshot keeps: new ones are made above them, so that the snapshot
 * stays what it is. Of what the domain was on until now, images of earlier ways back go where nothing else is
 * on them; those of snapshots stay, and go with their snapshots.
 */
export async function revertExternal(rooms: Rooms, request: RevertRequest): Promise<void> {
  const { name, kept, record, job, signal, managedSave } = request
  const { store } = rooms
  const { uuid } = record.domain
  const { domain } = parseDomain(kept.domain)
  const overlays = overlaysAbove(domain, kept, { name, token: job.token })
  const edit = (before: Domain): Domain =>
    overlays.reduce((now, { disk, file, index }) => {
      const at = { target: disk.target, file: fileOf(disk) ?? '' }
      return withDisk(now, at, (one) => stackedOn(one, { file, format: 'qcow2' }, index))
    }, before)
  const isLive = kept.memoryFile !== undefined
  const saved = kept.memoryFile === undefined ? undefined : await readImage(kept.memoryFile)
  const plan = await rooms.plan(formatDomain(edit(domain)), { live: isLive })
  const stored = isLive ? (await rooms.plan(formatDomain(edit(domain)))).domain : plan.domain
  const files = overlays.map(({ file }) => file)
  await goBack(rooms, {
    name,
    record,
    job,
    files,
    managedSave,
    makeFiles: () => makeOverlays(overlays),
    definition: formatDomain(stored),
  })
  const starts = isLive || request.running === true || request.paused === true
  if (!starts) {
    store.setLastState(uuid, 'shut off', 'from snapshot')
    return
  }
  const paused = request.paused === true || (request.running !== true && kept.state === 'paused')
  const { startDomain } = await planning()
  const feed =
    saved && kept.memoryFile !== undefined && incomingFrom(kept.memoryFile, saved, request)
  await startDomain({
    store,
    layout: rooms.layout,
    drivers: rooms.drivers,
    plan,
    job,
    options: { paused, ...(signal && { signal }) },
    ...(feed && { incoming: { ...feed, reason: 'from snapshot' } }),
  })
}

/** New images above those that the snapshot keeps. */
function overlaysAbove(
  domain: Domain,
  kept: KeptSnapshot,
  { name, token }: { readonly name: string; readonly token: string },
): readonly Overlay[] {
  const first = freeIndex(domain)
  return (domain.devices.disk ?? [])
    .filter((disk) =>
      kept.disks.some((one) => one.name === disk.target && one.snapshot === 'external'),
    )
    .map((disk, i) => {
      const below = fileOf(disk) ?? ''
      if (!existsSync(below))
        throw domainError(
          'ERR_OPERATION_INVALID',
          `the image ${quote(below, 200)} of disk ${quote(disk.target)} is not there any more`,
        )
      return { disk, kind: 'external', file: wayBackName(disk, name, token), index: first + i }
    })
}
