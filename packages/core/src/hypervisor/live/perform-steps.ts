import { setTimeout as sleep } from 'node:timers/promises'
import { undoStep } from '../../qemu/monitor-steps.ts'
import type { MonitorStep } from '../../qemu/monitor-steps.ts'
import { QmpError } from '../../qmp/index.ts'
import type { QmpClient } from '../../qmp/index.ts'

/** How long a device that was plugged in a moment ago may take to go again, in milliseconds. */
const backOutMs = 2000

const pollMs = 50

interface PerformOptions {
  readonly signal?: AbortSignal
  /** Names of devices that stay where later steps fail. */
  readonly keep?: readonly string[]
}

/** Tells QEMU one thing after the other; where one is refused, takes back those before. */
export async function performSteps(
  qmp: QmpClient,
  steps: readonly MonitorStep[],
  { signal, keep }: PerformOptions = {},
): Promise<void> {
  const done: MonitorStep[] = []
  try {
    for (const step of steps) {
      signal?.throwIfAborted()
      await tell(qmp, step)
      done.push(step)
    }
  } catch (error) {
    await undoSteps(qmp, done, keep)
    throw error
  }
}

export async function tell(qmp: QmpClient, step: MonitorStep): Promise<unknown> {
  return qmp.executeUnchecked(step.execute, step.arguments)
}

/**
 * Takes steps back, last first; what is gone already is fine.
 *
 * @returns false where the guest does not let its new device go: then everything behind it is there still.
 */
export async function undoSteps(
  qmp: QmpClient,
  steps: readonly MonitorStep[],
  keep: readonly string[] = [],
): Promise<boolean> {
  for (const step of steps.toReversed()) {
    const undo = undoStep(step)
    if (undo === undefined) continue
    const isDevice = undo.execute === 'device_del'
    const alias = String(undo.arguments['id'])
    if (isDevice && keep.includes(alias)) continue
    await tellLeftover(qmp, undo)
    if (isDevice && !(await isGone(qmp, alias))) return false
  }
  return true
}

/** Removes what is left of a device: QEMU may still be letting go of it. */
export async function removeLeftovers(
  qmp: QmpClient,
  steps: readonly MonitorStep[],
): Promise<void> {
  for (const step of steps) await tellLeftover(qmp, step)
}

/** What is gone already is fine, and what cannot be removed harms nobody. */
async function tellLeftover(qmp: QmpClient, step: MonitorStep): Promise<void> {
  const deadline = performance.now() + backOutMs
  for (;;) {
    try {
      await tell(qmp, step)
      return
    } catch (error) {
      const busy = error instanceof QmpError && /in use|busy/.test(error.desc)
      if (!busy || performance.now() > deadline) return
      await sleep(pollMs)
    }
  }
}

async function isGone(qmp: QmpClient, alias: string): Promise<boolean> {
  const deadline = performance.now() + backOutMs
  while (await isPlugged(qmp, alias)) {
    if (performance.now() > deadline) return false
    await sleep(pollMs)
  }
  return true
}

/** Does QEMU have a device of this name? */
export async function isPlugged(qmp: QmpClient, alias: string): Promise<boolean> {
  return (await pluggedNames(qmp)).has(alias)
}

/** Names of all devices that QEMU was given one. */
export async function pluggedNames(qmp: QmpClient): Promise<ReadonlySet<string>> {
  const list = await qmp.execute('qom-list', { path: '/machine/peripheral' })
  return new Set(list.map(({ name }) => name))
}
