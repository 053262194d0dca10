import { rm } from 'node:fs/promises'
import type { JobRow, Store } from '../../store/index.ts'
import { askToFinish } from '../live/ask-to-finish.ts'
import type { Running } from '../records.ts'
import { afterDump } from './core-dump.ts'
import type { DumpDetail } from './core-dump.ts'

/**
 * A dump whose process died is none, and its guest goes on.
 *
 * @throws JobLeft where QEMU cannot be told now: the guest waits, and shows as being dumped.
 */
export async function finishDump(store: Store, running: Running, job: JobRow): Promise<void> {
  const { dump } = job.detail as Partial<DumpDetail>
  if (dump === undefined) return
  await rm(dump.temporary, { force: true })
  const goesOn = await askToFinish(running, async (qmp) => {
    await afterDump(qmp, dump.running)
    return true
  })
  if (goesOn === true && dump.running) store.setState(running.active, 'running', 'unpaused')
}
