import type { Domain } from '../../domain/domain.ts'
import { MonitorError } from '../../qmp/index.ts'
import type { QmpClient } from '../../qmp/index.ts'
import type { DefinitionChange, Job } from '../../store/index.ts'
import { JobLeft } from '../job-left.ts'
import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import { tunedRun } from '../tuning/apply-tuning.ts'
import { askOrLeave } from './ask-to-finish.ts'
import { tellSettings } from './tell-settings.ts'

/** What a change of settings records before QEMU is told; see finish-change.ts. */
export interface SettingsTrace {
  readonly settings: {
    /** A limit that the configuration sets for every guest, in KiB. */
    readonly memoryMaxKiB?: number
  }
}

export interface SettingsRequest {
  readonly job: Job
  readonly running: Running
  readonly before: Domain
  readonly after: Domain
  /** What the store says afterwards. */
  readonly change: DefinitionChange
  perform(qmp: QmpClient): Promise<unknown>
}

/**
 * Changes what a running guest was told and can be told again, and writes it down: both, or neither. What the
 * definition had is told once more where it comes to nothing.
 *
 * @throws JobLeft where QEMU does not take it back now: the next command has it do so.
 */
export async function performSettings(rooms: Rooms, request: SettingsRequest): Promise<void> {
  const { job, running, before, after, change } = request
  const { store, layout } = rooms
  const { active } = running
  const memoryMaxKiB = layout.confinement?.config.memoryMaxKiB
  const trace: SettingsTrace = { settings: memoryMaxKiB === undefined ? {} : { memoryMaxKiB } }
  store.setPhase(job, 'live', { ...trace, ...change })
  try {
    await askOrLeave(rooms, running, request.perform)
    store.change(active.uuid, change)
  } catch (error) {
    // One that was not met was told nothing.
    if (error instanceof JobLeft || error instanceof MonitorError) throw error
    const run = tunedRun(active.process.pid, { cgroup: active.facts.cgroup, memoryMaxKiB })
    await rooms
      .ask(running, (qmp) => tellSettings(qmp, { from: after, to: before, run }))
      .catch(() => {
        throw new JobLeft('the next command has the guest as its definition says', error)
      })
    throw error
  }
}
