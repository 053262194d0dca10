import { rm } from 'node:fs/promises'
import { QmpError } from '../../qmp/index.ts'
import type { QmpClient } from '../../qmp/index.ts'
import type { BlockJobFact, JobRow, Store, UnbegunJob } from '../../store/index.ts'
import { parseDomain } from '../../xml/parse-domain.ts'
import { leaveFiles } from '../confinement/hand-over.ts'
import { JobLeft } from '../job-left.ts'
import { askToFinish } from '../live/ask-to-finish.ts'
import { diskNamed } from '../live/set-iotune.ts'
import type { Running } from '../records.ts'
import { conclude, concluded, dropImage, remember, tellEnd } from './conclude-job.ts'
import { jobOf } from './job-state.ts'

/** What the end of a job on a disk records before QEMU is told. */
export interface EndDetail {
  readonly ends: { readonly target: string; readonly pivot: boolean }
}

/** How long whoever comes later waits for the end of a job, in milliseconds: lists wait for it. */
const patienceMs = 5000

/** A job that QEMU never came to begin leaves no image and no mark. */
export async function takeBack(
  store: Store,
  uuid: string,
  { made, marked = [] }: UnbegunJob,
): Promise<void> {
  if (made !== undefined) await rm(made, { force: true })
  for (const { name, xml } of marked) store.replaceSnapshotXml(uuid, name, xml)
}

/**
 * Whoever began or ended a job on a disk has died over it. One that QEMU has is gone on with, one that was told to
 * end is ended, and one that was never begun leaves nothing.
 *
 * @throws JobLeft where QEMU cannot be asked now, or has not come to the end yet.
 */
export async function finishBlockJobs(
  rooms: { readonly store: Store },
  running: Running,
  { detail }: JobRow,
): Promise<void> {
  const { ends } = detail as Partial<EndDetail>
  await askToFinish(running, async (qmp) => {
    for (const [target, fact] of Object.entries(running.active.facts.blockJobs ?? {})) {
      if (fact.unbegun !== undefined && !(await hasBegun(rooms, running, { qmp, target, fact })))
        continue
      if (ends?.target === target) await goOnEnding(qmp, running, { ...ends, fact })
      // QEMU may be on other images than the definitions say, with nothing left that tells of the job.
      await conclude(rooms, running, qmp, target)
    }
  })
}

interface Found {
  readonly qmp: QmpClient
  readonly target: string
  readonly fact: BlockJobFact
}

async function hasBegun(
  rooms: { readonly store: Store },
  running: Running,
  { qmp, target, fact: { unbegun = {}, ...fact } }: Found,
): Promise<boolean> {
  const { store } = rooms
  const { active, domain } = running
  const isThere = (await jobOf(qmp, target)) !== undefined
  if (!isThere) {
    // It may have been opened, and nobody removes what QEMU has open.
    const isClosed = fact.kind !== 'copy' || (await dropImage(qmp, fact.index))
    const { made: _, ...marks } = unbegun
    await takeBack(store, domain.uuid, isClosed ? unbegun : marks)
    if (fact.kind === 'copy' && isClosed) leaveFiles(store, active, [fact.to?.file ?? ''])
  }
  remember(rooms, running, target, isThere ? fact : undefined)
  return isThere
}

type Ending = EndDetail['ends'] & Pick<Found, 'fact'>

async function goOnEnding(
  qmp: QmpClient,
  { active }: Running,
  { target, pivot, fact }: Ending,
): Promise<void> {
  const found = await jobOf(qmp, target)
  if (found === undefined) return
  const disk = diskNamed(parseDomain(active.xml).domain, target)
  await tellEnd(qmp, disk, { pivot, fact, job: found.job }).catch((error: unknown) => {
    // One that is ending already takes no word.
    if (!(error instanceof QmpError)) throw error
  })
  await concluded(qmp, target, patienceMs).catch((cause: unknown) => {
    throw new JobLeft('the next command sees to the end of the job', cause)
  })
}
