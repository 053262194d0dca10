import type { Domain } from '../../domain/domain.ts'
import type { QmpClient } from '../../qmp/index.ts'
import { JobLeft } from '../job-left.ts'
import type { Running } from '../records.ts'
import { tuneThreads } from './apply-tuning.ts'

/**
 * Gives threads that were just plugged in what the definition says of them.
 *
 * @throws JobLeft where that fails: they are there, and the next command writes it down.
 */
export async function tuneNew(qmp: QmpClient, live: Domain, { active }: Running): Promise<void> {
  const { cgroup } = active.facts
  try {
    await tuneThreads(qmp, live, {
      pid: active.process.pid,
      ...(cgroup !== undefined && { cgroup }),
    })
  } catch (cause) {
    throw new JobLeft('it is plugged in, and has not the CPUs that the definition says', cause)
  }
}
