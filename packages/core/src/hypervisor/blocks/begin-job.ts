import { isDeepStrictEqual } from 'node:util'
import type { Disk } from '../../domain/devices/disk.ts'
import type { Domain } from '../../domain/domain.ts'
import { domainError, quote } from '../../errors.ts'
import { MonitorError } from '../../qmp/index.ts'
import type { QmpClient } from '../../qmp/index.ts'
import type { BlockJobFact, UnbegunJob } from '../../store/index.ts'
import type { BlockJobInfo, BlockJobOptions } from '../interface/blocks.ts'
import { JobLeft } from '../job-left.ts'
import { diskNamed } from '../live/set-iotune.ts'
import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import { remember } from './conclude-job.ts'
import type { OpenImage } from './disk-graph.ts'
import { refuseTransientDisk } from '../transient-disks.ts'
import { jobId, jobOf } from './job-state.ts'
import { settleBlockJob } from './settle-block-jobs.ts'

type Kind = BlockJobInfo['type']

/** What a job is about. */
export interface JobPlace {
  readonly disk: Disk
  readonly live: Domain
  readonly running: Running
}

export interface Begun {
  readonly kind: Kind
  readonly fact: BlockJobFact
  /** What `start` changes before it tells QEMU; it takes that back itself where it fails. */
  readonly unbegun?: UnbegunJob
  /** Judges once more, of a job that is not there yet, before anything is recorded or changed. */
  check?(): void
  start(qmp: QmpClient): Promise<unknown>
}

export interface JoinOptions {
  /**
   * The very same job may be there already, begun by somebody who died over it: it is gone on with. What
   * plans it must change nothing then.
   */
  readonly joins?: boolean
}

/** Starts a job on a disk that has none, and remembers what it will have changed. */
export async function beginJob(
  rooms: Rooms,
  reference: string,
  name: string,
  plan: (qmp: QmpClient, at: JobPlace) => Promise<Begun>,
  { joins = false }: JoinOptions = {},
): Promise<{ readonly running: Running; readonly disk: Disk }> {
  const found = await rooms.findActive(reference)
  const placeIn = async (running: Running): Promise<JobPlace> => {
    const live = await rooms.live(running)
    return { running, live, disk: diskNamed(live, name) }
  }
  const { disk } = await placeIn(found)
  refuseTransientDisk(disk)
  const isSame = async (kind: Kind, qmp: QmpClient, at: JobPlace): Promise<boolean> => {
    const fact = at.running.active.facts.blockJobs?.[disk.target]
    if (!joins || fact === undefined) return false
    const { unbegun: _, ...known } = fact
    const begun = await plan(qmp, at)
    return begun.kind === kind && isDeepStrictEqual(begun.fact, known)
  }
  await rooms.command(found, 'block-job', async (qmp) => {
    const before = await jobOf(qmp, disk.target)
    if (before !== undefined && (await isSame(before.kind, qmp, await placeIn(found)))) return
    // One that ended while nobody looked is in nobody's way.
    const running = await settleBlockJob(rooms, found, qmp, disk.target)
    if (before !== undefined && before.job.status !== 'concluded')
      throw domainError(
        'ERR_BLOCK_COPY_ACTIVE',
        `disk ${quote(disk.target)} already in active block job (${before.kind})`,
      )
    const { fact, check, start, unbegun = {} } = await plan(qmp, await placeIn(running))
    check?.()
    remember(rooms, running, disk.target, { ...fact, unbegun })
    try {
      await start(qmp)
    } catch (error) {
      // What was lost is the answer, maybe.
      if (error instanceof MonitorError) throw leftTo(error)
      remember(rooms, running, disk.target, undefined)
      throw error
    }
    try {
      remember(rooms, running, disk.target, fact)
    } catch (cause) {
      throw leftTo(cause)
    }
  })
  return { running: found, disk }
}

const leftTo = (cause: unknown): JobLeft =>
  new JobLeft('the next command finds out whether the job has begun', cause)

/** Job options that all kinds have: nobody needs to be there when it ends. */
export function commonOptions(kind: Kind, target: string, { speedBytes }: BlockJobOptions): object {
  return {
    'job-id': jobId(kind, target),
    'auto-dismiss': false,
    ...(speedBytes !== undefined && { speed: speedBytes }),
  }
}

/** @throws DomainError that names the images which the disk has. */
export function imageAt(chain: readonly OpenImage[], file: string): OpenImage {
  const found = chain.find((image) => image.file === file)
  if (found !== undefined) return found
  throw domainError(
    'ERR_INVALID_ARG',
    `${quote(file, 200)} is not an image of the disk; it has: ${chain.map((image) => quote(image.file, 200)).join(', ')}`,
  )
}
