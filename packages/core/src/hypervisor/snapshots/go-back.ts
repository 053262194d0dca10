import { rm } from 'node:fs/promises'
import { quote } from '../../errors.ts'
import { isAlive } from '../../run/process-identity.ts'
import type { ActiveRow, DomainRecord, Job, JobDetail, JobRow } from '../../store/index.ts'
import { JobLeft } from '../job-left.ts'
import type { FinishContext } from '../live/finish-job.ts'
import { detailOf } from '../rooms.ts'
import type { Rooms } from '../rooms.ts'
import { parseDomain } from '../../xml/parse-domain.ts'
import { applyStates, finishStates } from './image-states.ts'
import { removeAbandoned, wayBackImages } from './ways-back.ts'

export interface WayBack {
  readonly name: string
  readonly record: DomainRecord
  readonly job: Job
  /** What the domain is from then on. */
  readonly definition: string
  /** New images, which are made while the guest runs still. */
  readonly files?: readonly string[]
  makeFiles?(): Promise<void>
  /** Images that are taken back to a state in them, here or by the QEMU that takes up the guest's memory. */
  readonly images?: readonly string[]
  readonly byQemu?: boolean
  /** What the domain was put away in: memory of another time, once its images are taken back. */
  readonly managedSave?: string
}

/** What a way back records before it begins. */
interface RevertDetail {
  readonly revert?: Pick<WayBack, 'name' | 'definition' | 'files' | 'images' | 'managedSave'> & {
    /** Images of earlier ways back that the domain was on. */
    readonly left?: readonly string[]
    /** The run that it ends. */
    readonly ends?: number
  }
}

/**
 * Ends the guest that runs, and makes a domain and its images what a snapshot has. Where that fails, it is
 * brought to before or behind it at once.
 *
 * @returns what the job has to remember while a QEMU takes up the rest.
 */
export async function goBack(rooms: Rooms, way: WayBack): Promise<JobDetail> {
  const { store } = rooms
  const { name, record, job, definition, files, images, managedSave } = way
  const { active, domain } = record
  const left = [active?.xml, domain.xml].flatMap((xml) =>
    xml === undefined ? [] : wayBackImages(parseDomain(xml).domain),
  )
  const detail: RevertDetail = {
    revert: {
      name,
      definition,
      ...(files && { files }),
      ...(left.length > 0 && { left }),
      ...(images && { images }),
      ...(managedSave !== undefined && { managedSave }),
      ...(active && { ends: active.id }),
    },
  }
  store.setPhase(job, 'revert', detailOf(detail))
  try {
    await way.makeFiles?.()
    // From here on the guest that runs is lost; everything before has changed nothing.
    if (active !== undefined)
      await rooms.liveness.end(active, 'from snapshot', { what: `domain ${quote(domain.name)}` })
    if (images !== undefined && way.byQemu !== true) await applyStates(name, images)
    store.change(domain.uuid, { definition })
    store.setCurrentSnapshot(domain.uuid, name)
    if (managedSave !== undefined) await rm(managedSave, { force: true })
    await removeAbandoned(store, left)
  } catch (error) {
    await stopGoingBack(rooms, record, detail)
    throw error
  }
  return detailOf(detail)
}

/** @throws JobLeft where the domain cannot be brought to before or behind the way back now. */
export async function stopGoingBack(
  { store, liveness }: Rooms,
  record: DomainRecord,
  detail: object,
): Promise<void> {
  const end = async (active: ActiveRow, reason: string): Promise<void> =>
    void (await liveness.end(active, reason))
  try {
    const now = store.get(record.domain.uuid) ?? record
    await finishRevert({ store, end }, now, { detail: detailOf(detail) })
  } catch (cause) {
    throw new JobLeft('the next command finds out how far the way back was gone', cause)
  }
}

/**
 * Whoever died on the way back leaves no image that no definition is on. Where the guest that ran is lost
 * already, or its end was begun, or images may be taken back already, the way is gone to its end: the domain is
 * what the snapshot says, and off.
 */
export async function finishRevert(
  { store, end }: FinishContext,
  { domain, active }: DomainRecord,
  job: Pick<JobRow, 'detail'>,
): Promise<void> {
  const { revert } = job.detail as RevertDetail
  const { ends, definition, name = '', files = [], images = [], left = [] } = revert ?? {}
  const { managedSave } = revert ?? {}
  const isItsOwn = active !== undefined && active.id === ends
  const isLost = isItsOwn
    ? active.facts.ending !== undefined || !isAlive(active.process)
    : active === undefined && (ends !== undefined || images.length > 0)
  if (isLost && definition !== undefined) {
    // Before its images are touched: it has them open.
    if (active !== undefined) await end(active, 'from snapshot')
    await finishStates(name, images)
    if (managedSave !== undefined) await rm(managedSave, { force: true })
    store.change(domain.uuid, { definition })
    store.setCurrentSnapshot(domain.uuid, name)
    await removeAbandoned(store, left)
    if (active === undefined) store.setLastState(domain.uuid, 'shut off', 'from snapshot')
    return
  }
  for (const file of files) {
    const used = [domain.xml, active?.xml].some((xml) => xml?.includes(`'${file}'`) === true)
    if (!used) await rm(file, { force: true })
  }
  if (active === undefined && !store.forgetTransient(domain.uuid))
    store.setLastState(domain.uuid, 'shut off', 'from snapshot')
}
