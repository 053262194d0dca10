import { rm } from 'node:fs/promises'
import type { JobRow } from '../../store/index.ts'
import { tellToFinish } from '../live/ask-to-finish.ts'
import type { FinishContext } from '../live/finish-job.ts'
import { isSaved } from '../live/remove-unfinished.ts'
import type { Running } from '../records.ts'
import { afterDump, letGo } from './core-dump.ts'
import type { DumpDetail } from './core-dump.ts'

/**
 * A dump whose process died is none, and its guest goes on; where it is whole, the guest does what was asked of it.
 *
 * @throws JobLeft where QEMU cannot be told now: the guest waits, and shows as being dumped.
 */
export async function finishDump(
  { store, end }: FinishContext,
  running: Running,
  job: JobRow,
): Promise<void> {
  const { dump } = job.detail as Partial<DumpDetail>
  if (dump === undefined) return
  const isWhole = isSaved(job, dump)
  if (isWhole && dump.afterwards === 'destroy') return end(running.active, 'crashed')
  await rm(dump.temporary, { force: true })
  const goesOn = await tellToFinish(running, async (qmp) => {
    if (isWhole) await letGo(qmp, { what: dump.afterwards, wasRunning: dump.running })
    else await afterDump(qmp, dump.running)
  })
  if (goesOn && dump.running) store.setState(running.active, 'running', 'unpaused')
}
