import { rm } from 'node:fs/promises'
import type { Job, JobRow, Store } from '../store/index.ts'

/** What the end of a definition records before it begins. */
interface UndefineDetail {
  /** Files that go with it. */
  readonly undefine: readonly string[]
}

/** Removes a definition and what goes with it, which whoever comes after a killed process does to its end. */
export async function undefineWith(
  store: Store,
  job: Job,
  { undefine }: UndefineDetail,
): Promise<void> {
  store.setPhase(job, 'undefine', { undefine })
  await removeAll(store, job.uuid, undefine)
}

export async function finishUndefine(store: Store, { uuid, detail }: JobRow): Promise<void> {
  const { undefine } = detail as Partial<UndefineDetail>
  if (undefine !== undefined) await removeAll(store, uuid, undefine)
}

/** What belongs to the domain goes first: where one of its files cannot, the definition still tells of it. */
async function removeAll(store: Store, uuid: string, files: readonly string[]): Promise<void> {
  for (const file of files) await rm(file, { force: true })
  store.undefine(uuid)
}
