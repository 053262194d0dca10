import type { Domain } from '../../domain/domain.ts'
import type { QmpClient } from '../../qmp/index.ts'
import { JobLeft } from '../job-left.ts'
import type { Running } from '../records.ts'
import { tunedRun, tuneThreads } from './apply-tuning.ts'

/**
 * Gives threads that were just plugged in what the definition says of them.
 *
 * @throws JobLeft where that fails: they are there, and the next command writes it down.
 */
export async function tuneNew(qmp: QmpClient, live: Domain, { active }: Running): Promise<void> {
  try {
    await tuneThreads(qmp, live, tunedRun(active.process.pid, { cgroup: active.facts.cgroup }))
  } catch (cause) {
    throw new JobLeft('it is plugged in, and has not the CPUs that the definition says', cause)
  }
}
