import { isDeepStrictEqual } from 'node:util'
import type { Domain } from '../../domain/domain.ts'
import { iothreadsOf } from '../../plan/defaults/iothreads.ts'
import { MonitorError } from '../../qmp/index.ts'
import type { QmpClient } from '../../qmp/index.ts'
import { firstCommands, statsPeriod, throttle } from '../first-commands.ts'
import { lifecycleActions } from '../lifecycle-actions.ts'
import { isLimitedAlike, limitCard } from './limit-card.ts'
import { poolOf, tellIothread } from './tell-iothread.ts'
import { applyTuning } from '../tuning/apply-tuning.ts'
import type { TunedRun } from '../tuning/apply-tuning.ts'

export interface SettingsChange {
  /** What the guest was told last, maybe. */
  readonly from: Domain
  /** What is to hold. */
  readonly to: Domain
  /** Its QEMU. */
  readonly run: Omit<TunedRun, 'before'>
}

/**
 * Tells a running guest, and the host, all that one definition sets of it otherwise than another: links, limits of
 * disks and cards, what becomes of it when it stops, its balloon, passwords, memory that is asked of it, and what it may have
 * of the host. Of most of it QEMU does not tell what holds, and all of it may be told again. What is refused leaves
 * the rest to be told.
 *
 * @throws MonitorError where QEMU does not answer: some of it may not have been told.
 */
export async function tellSettings(qmp: QmpClient, change: SettingsChange): Promise<void> {
  for (const tell of different(qmp, change))
    await tell().catch((error: unknown) => {
      // One that cannot be told now could not be told when it was changed either.
      if (error instanceof MonitorError) throw error
    })
}

type Tell = () => Promise<unknown>

function different(qmp: QmpClient, { from, to, run }: SettingsChange): readonly Tell[] {
  const tells: Tell[] = []
  for (const nic of to.devices.interface ?? []) {
    const { alias = '', linkState } = nic
    const was = from.devices.interface?.find((one) => one.alias === alias)
    if (was === undefined) continue
    if (was.linkState !== linkState)
      tells.push(() => qmp.execute('set_link', { name: alias, up: linkState !== 'down' }))
    if (!isLimitedAlike(was, nic)) tells.push(() => limitCard(to, nic))
  }
  for (const disk of to.devices.disk ?? []) {
    const was = from.devices.disk?.find(({ alias }) => alias === disk.alias)
    if (was !== undefined && !isDeepStrictEqual(was.iotune, disk.iotune))
      tells.push(() => qmp.execute('block_set_io_throttle', throttle(disk, disk.iotune ?? {})))
  }
  for (const [i, graphics] of (to.devices.graphics ?? []).entries()) {
    if (isDeepStrictEqual(from.devices.graphics?.[i], graphics)) continue
    tells.push(() => firstCommands(qmp, { ...to, devices: { graphics: [graphics] } }))
  }
  for (const { alias = '', requestedKiB = 0 } of to.devices.memory ?? []) {
    const was = from.devices.memory?.find((one) => one.alias === alias)
    if (was !== undefined && (was.requestedKiB ?? 0) !== requestedKiB)
      tells.push(() => requestMemory(qmp, alias, requestedKiB))
  }
  for (const balloon of to.devices.memballoon ?? []) {
    const was = from.devices.memballoon?.find(({ alias }) => alias === balloon.alias)
    if (was !== undefined && was.statsPeriod !== balloon.statsPeriod)
      tells.push(() => statsPeriod(qmp, balloon))
  }
  for (const thread of iothreadsOf(to)) {
    const was = iothreadsOf(from).find(({ id }) => id === thread.id)
    if (was === undefined) continue
    const had = poolOf(was)
    const changed = Object.entries(poolOf(thread)).filter(([key, value]) => had[key] !== value)
    if (changed.length > 0)
      tells.push(() => tellIothread(qmp, thread.id, Object.fromEntries(changed)))
  }
  const actions = lifecycleActions(to)
  if (!isDeepStrictEqual(lifecycleActions(from), actions))
    tells.push(() => qmp.execute('set-action', actions))
  const memoryKiB = balloonKiB(to)
  if (memoryKiB !== undefined && balloonKiB(from) !== memoryKiB)
    tells.push(() => qmp.execute('balloon', { value: memoryKiB * 1024 }))
  if (!isDeepStrictEqual(tuningOf(from), tuningOf(to)))
    tells.push(() => applyTuning(qmp, to, { ...run, before: from }))
  return tells
}

/** Asks a guest for so much of a device's memory. */
export function requestMemory(
  qmp: QmpClient,
  alias: string,
  requestedKiB: number,
): Promise<unknown> {
  return qmp.execute('qom-set', {
    path: `/machine/peripheral/${alias}`,
    property: 'requested-size',
    value: requestedKiB * 1024,
  })
}

function balloonKiB({ currentMemoryKiB, memoryKiB }: Domain): number | undefined {
  return currentMemoryKiB ?? memoryKiB
}

function tuningOf({ cputune, memtune, blkiotune, numatune, vcpuCpuset }: Domain): object {
  return { cputune, memtune, blkiotune, numatune, vcpuCpuset }
}
