import { setTimeout as sleep } from 'node:timers/promises'
import type { Disk } from '../../domain/devices/disk.ts'
import type { Domain } from '../../domain/domain.ts'
import { domainError, quote } from '../../errors.ts'
import { QmpError } from '../../qmp/index.ts'
import type { QmpClient } from '../../qmp/index.ts'
import type { BlockJobFact } from '../../store/index.ts'
import { formatDomain, parseDomain } from '../../xml/parse-domain.ts'
import { leaveImages } from '../confinement/hand-over.ts'
import { diskNamed } from '../live/set-iotune.ts'
import { JobLeft } from '../job-left.ts'
import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import { carryBitmaps } from './carry-bitmaps.ts'
import { diskChain } from './disk-graph.ts'
import { jobOf } from './job-state.ts'
import type { QemuJob } from './job-state.ts'
import { described, shortened, switchedTo, withDisk } from './switch-image.ts'

/** Notes what a job will have changed when it ends, or (nothing) that it has been taken note of. */
export function remember(
  { store }: Pick<Rooms, 'store'>,
  { active }: Running,
  target: string,
  fact: BlockJobFact | undefined,
): void {
  const facts = store.get(active.uuid)?.active?.facts ?? {}
  const { [target]: _, ...others } = facts.blockJobs ?? {}
  store.setFacts(active, {
    ...facts,
    blockJobs: fact === undefined ? others : { ...others, [target]: fact },
  })
}

/** Lets an ended job go, and brings the definitions to what QEMU has then. */
export async function conclude(
  rooms: Pick<Rooms, 'store'>,
  running: Running,
  qmp: QmpClient,
  target: string,
): Promise<void> {
  const found = await jobOf(qmp, target)
  if (found !== undefined && found.job.status !== 'concluded') return
  if (found !== undefined)
    await qmp.executeUnchecked('job-dismiss', { id: found.job.id }).catch(() => undefined)
  const record = rooms.store.get(running.domain.uuid)
  const active = record?.active
  const fact = active?.facts.blockJobs?.[target]
  if (record === undefined || active === undefined || fact === undefined) return
  const live = parseDomain(active.xml).domain
  const chain = await diskChain(qmp, diskNamed(live, target))
  const edit = changeOf(fact, { target, files: chain.map(({ file }) => file) })
  // Before it is written down: whoever finds it written takes it that nothing else is left to do.
  const gone = imagesGone(diskNamed(live, target), diskNamed(edit(live), target))
  for (const { index } of gone) await dropImage(qmp, index)
  const { to, index, kind } = fact
  // A copy that was given up leaves its image open, and is there for others.
  const isGivenUp = kind === 'copy' && chain[0]?.file !== to?.file
  if (isGivenUp) await dropImage(qmp, index)
  const kept = new Set(chain.map(({ file }) => file))
  const dropped = new Set([...gone.map(fileOfImage), ...(isGivenUp ? [to?.file] : [])])
  const left = rooms.store
    .imagesOf(active)
    .filter(({ path }) => dropped.has(path) && !kept.has(path))
  const { xml } = record.domain
  try {
    leaveImages(rooms.store, active, left)
    rooms.store.change(active.uuid, {
      live: { id: active.id, xml: formatDomain(edit(live), active.id) },
      ...(xml !== undefined && { definition: formatDomain(edit(parseDomain(xml).domain)) }),
    })
    remember(rooms, { ...running, active }, target, undefined)
  } catch (cause) {
    throw new JobLeft('QEMU is on the new images, and the next command writes it down', cause)
  }
}

interface Outcome {
  readonly target: string
  /** The files that QEMU has now, the one in use first: what a job has changed is seen in them. */
  readonly files: readonly string[]
}

function changeOf(
  { to, file, dropped, index }: BlockJobFact,
  { target, files }: Outcome,
): (domain: Domain) => Domain {
  if (to !== undefined) {
    if (files[0] !== to.file) return (domain) => domain
    return (domain) => withDisk(domain, { target, file }, (disk) => switchedTo(disk, to, index))
  }
  if (dropped.some((one) => files.includes(one))) return (domain) => domain
  const gone = new Set(dropped)
  return (domain) =>
    withDisk(domain, { target, file }, (disk) => shortened(disk, (one) => gone.has(one)))
}

/** Images that a disk had and has no more, top first: QEMU keeps their nodes open until it is told. */
function imagesGone(before: Disk, after: Disk): readonly NumberedImage[] {
  const kept = new Set(numbered(after).map(({ index }) => index))
  return numbered(before).filter(({ index }) => !kept.has(index))
}

interface NumberedImage {
  readonly index: number | undefined
  readonly source?: { readonly file?: string; readonly dev?: string }
}

const fileOfImage = ({ source }: NumberedImage): string | undefined => source?.file ?? source?.dev

function numbered(disk: Disk): readonly NumberedImage[] {
  return described(disk).flatMap(({ index, source }) => {
    const number = index ?? source?.index
    return number === undefined ? [] : [{ index: number, ...(source && { source }) }]
  })
}

/**
 * Closes the nodes of an image; one that QEMU opened by itself has none of these names.
 *
 * @returns false where QEMU is on one of them still.
 */
export async function dropImage(qmp: QmpClient, index: number | undefined): Promise<boolean> {
  if (index === undefined) return true
  let isClosed = true
  for (const kind of ['format', 'slice-sto', 'storage'])
    await qmp
      .execute('blockdev-del', { 'node-name': `libvirt-${index}-${kind}` })
      .catch((error: unknown) => {
        if (error instanceof QmpError && / in use/.test(error.desc)) isClosed = false
      })
  return isClosed
}

interface TellEnd {
  readonly pivot: boolean
  readonly fact: BlockJobFact | undefined
  readonly job: QemuJob
}

/** Has a job end, with the guest on the other image or on the one it had; doing it again does no harm. */
export async function tellEnd(
  qmp: QmpClient,
  disk: Disk,
  { pivot, fact, job: { id, status } }: TellEnd,
): Promise<void> {
  if (pivot && fact !== undefined) await carryBitmaps(qmp, disk, fact)
  if (status !== 'concluded')
    await qmp.executeUnchecked(pivot ? 'job-complete' : 'job-cancel', { id })
}

/** How long a job may take to end once it was told to, in milliseconds. */
const endMs = 30_000

/** Waits for the end of a job that was told to end. */
export async function concluded(
  qmp: QmpClient,
  target: string,
  limitMs: number = endMs,
): Promise<void> {
  const deadline = performance.now() + limitMs
  for (;;) {
    const found = await jobOf(qmp, target)
    if (found === undefined || found.job.status === 'concluded') return
    if (performance.now() > deadline)
      throw domainError(
        'ERR_OPERATION_TIMEOUT',
        `the block job of ${quote(target)} did not end within ${limitMs / 1000} s`,
      )
    await sleep(50)
  }
}
