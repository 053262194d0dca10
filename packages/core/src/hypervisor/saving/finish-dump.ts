import { rm } from 'node:fs/promises'
import type { JobRow } from '../../store/index.ts'
import { withMonitor } from '../monitor.ts'
import type { Running } from '../records.ts'
import { afterDump } from './core-dump.ts'
import type { DumpDetail } from './core-dump.ts'

/** A dump whose process died is none, and its guest goes on. */
export async function finishDump({ active, domain }: Running, job: JobRow): Promise<void> {
  const { dump } = job.detail as Partial<DumpDetail>
  if (dump === undefined) return
  await rm(dump.temporary, { force: true })
  await withMonitor(active, domain.name, (qmp) => afterDump(qmp, dump.running)).catch(
    () => undefined,
  )
}
