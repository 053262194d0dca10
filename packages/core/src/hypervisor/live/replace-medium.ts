import { setTimeout as sleep } from 'node:timers/promises'
import type { Disk } from '../../domain/devices/disk.ts'
import { domainError, quote } from '../../errors.ts'
import { imageNodes, isEmpty, numberImages, withNumbers } from '../../qemu/devices/image-nodes.ts'
import { plugStep } from '../../qemu/monitor-steps.ts'
import type { MonitorStep } from '../../qemu/monitor-steps.ts'
import { QmpError } from '../../qmp/index.ts'
import type { QmpClient } from '../../qmp/index.ts'
import { backendOf } from '../first-commands.ts'
import type { UpdateDeviceOptions } from '../interface/devices.ts'
import { checkFiles } from '../start-checks.ts'
import type { LivePlan } from './live-plan.ts'
import { performSteps, tell, undoSteps } from './perform-steps.ts'

interface MediumRequest {
  readonly plan: LivePlan
  readonly old: Disk
  readonly wanted: Disk
  readonly options: UpdateDeviceOptions
}

/** How long a guest may take to open a tray that it has locked. */
const trayMs = 10_000

/**
 * Puts another medium into a drive, or none. The new one is opened before the old one is touched, so
 * that a missing image leaves the drive as it was.
 */
export async function replaceMedium(qmp: QmpClient, request: MediumRequest): Promise<Disk> {
  const { plan, old, options } = request
  if (old.device !== 'cdrom' && old.device !== 'floppy') {
    throw domainError(
      'ERR_OPERATION_UNSUPPORTED',
      `${quote(old.target)} is no drive with a medium to change; detach and attach it`,
    )
  }
  const id = backendOf(old)
  const wanted = renumbered(request)
  const number = wanted.source?.index
  const steps =
    number === undefined ? [] : imageNodes(wanted, number).map((option) => plugStep(option))
  checkFiles({ ...plan.live, os: { type: 'hvm' }, devices: { disk: [wanted] } })
  await performSteps(qmp, steps, options.signal)
  try {
    await openTray(qmp, id, options)
  } catch (error) {
    await undoSteps(qmp, steps)
    throw error
  }
  await takeOut(qmp, id, old)
  if (number === undefined) return withoutMedium(wanted)
  const node =
    wanted.copyOnRead === true ? `libvirt-CoR-${wanted.target}` : `libvirt-${number}-format`
  try {
    await tell(qmp, { execute: 'blockdev-insert-medium', arguments: { id, 'node-name': node } })
  } catch (error) {
    await undoSteps(qmp, steps)
    await putBack(qmp, id, old)
    throw error
  }
  await closeTray(qmp, id)
  return wanted
}

/** The new medium with a number that no image of the guest has. */
function renumbered({ plan, wanted }: MediumRequest): Disk {
  if (isEmpty(wanted) || wanted.source === undefined) return withoutMedium(wanted)
  const { index: _, ...source } = wanted.source
  const fresh = { format: 'raw' as const, ...wanted, source }
  const numbers = numberImages([...(plan.live.devices.disk ?? []), fresh])
  return withNumbers(fresh, numbers.get(fresh))
}

function withoutMedium(disk: Disk): Disk {
  const { source: _, backingStore: __, ...empty } = disk
  return { ...empty, type: disk.type === 'block' ? 'file' : disk.type }
}

/** Waits for a guest that has locked its tray; by force it need not agree. */
async function openTray(
  qmp: QmpClient,
  id: string,
  { force = false, timeoutMs = trayMs, signal }: UpdateDeviceOptions,
): Promise<void> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    try {
      await tell(qmp, { execute: 'blockdev-open-tray', arguments: { id, force } })
      return
    } catch (error) {
      // A floppy drive has no tray.
      if (error instanceof QmpError && /does not have a tray/.test(error.desc)) return
      if (!(error instanceof QmpError) || !/is locked/.test(error.desc)) throw error
      if (performance.now() > deadline || signal?.aborted === true) {
        throw domainError(
          'ERR_OPERATION_TIMEOUT',
          `the guest has locked the tray and not opened it within ${timeoutMs / 1000} s; unmount the medium in the guest, or use --force`,
        )
      }
    }
    await sleep(200, undefined, signal && { signal }).catch(() => undefined)
  }
}

async function closeTray(qmp: QmpClient, id: string): Promise<void> {
  await tell(qmp, { execute: 'blockdev-close-tray', arguments: { id } }).catch((error: unknown) => {
    if (!(error instanceof QmpError)) throw error
  })
}

async function takeOut(qmp: QmpClient, id: string, old: Disk): Promise<void> {
  const number = old.source?.index
  if (number === undefined) return
  await tell(qmp, { execute: 'blockdev-remove-medium', arguments: { id } })
  await undoSteps(qmp, nodeSteps(old, number))
}

/** A medium that QEMU does not take leaves the drive with the one before. */
async function putBack(qmp: QmpClient, id: string, old: Disk): Promise<void> {
  const number = old.source?.index
  if (number === undefined) return
  const steps: readonly MonitorStep[] = [
    ...nodeSteps(old, number),
    {
      execute: 'blockdev-insert-medium',
      arguments: { id, 'node-name': `libvirt-${number}-format` },
    },
  ]
  for (const step of steps) await tell(qmp, step).catch(() => undefined)
  await closeTray(qmp, id)
}

function nodeSteps(disk: Disk, number: number): readonly MonitorStep[] {
  return imageNodes(disk, number).map((option) => plugStep(option))
}
