import { rm } from 'node:fs/promises'
import { removeTree } from '../run/private-dir.ts'
import type { Job, JobRow, Store } from '../store/index.ts'

/** What the end of a definition records before it begins. */
export interface UndefineDetail {
  /** Files that go with it. */
  readonly undefine: readonly string[]
  /** The folder with the state of its TPM, where that goes with it. */
  readonly tpmState?: string | undefined
}

/** Removes a definition and what goes with it, which whoever comes after a killed process does to its end. */
export async function undefineWith(store: Store, job: Job, detail: UndefineDetail): Promise<void> {
  store.setPhase(job, 'undefine', { ...detail })
  await removeAll(store, job.uuid, detail)
}

export async function finishUndefine(store: Store, { uuid, detail }: JobRow): Promise<void> {
  const { undefine, tpmState } = detail as Partial<UndefineDetail>
  if (undefine !== undefined) await removeAll(store, uuid, { undefine, tpmState })
}

/** What belongs to the domain goes first: where one of its files cannot, the definition still tells of it. */
async function removeAll(
  store: Store,
  uuid: string,
  { undefine, tpmState }: UndefineDetail,
): Promise<void> {
  for (const file of undefine) await rm(file, { force: true })
  if (tpmState !== undefined) await removeTree(tpmState)
  store.undefine(uuid)
}
