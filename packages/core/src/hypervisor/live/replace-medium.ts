import { setTimeout as sleep } from 'node:timers/promises'
import type { Disk } from '../../domain/devices/disk.ts'
import type { Domain } from '../../domain/domain.ts'
import { domainError, quote } from '../../errors.ts'
import {
  diskSecrets,
  imageNodes,
  isEmpty,
  numberImages,
  withNumbers,
} from '../../qemu/devices/image-nodes.ts'
import { plugStep } from '../../qemu/monitor-steps.ts'
import type { MonitorStep } from '../../qemu/monitor-steps.ts'
import { QmpError } from '../../qmp/index.ts'
import type { QmpClient } from '../../qmp/index.ts'
import { nodeIn } from '../blocks/disk-graph.ts'
import { backendOf } from '../first-commands.ts'
import type { UpdateDeviceOptions } from '../interface/devices.ts'
import { JobLeft } from '../job-left.ts'
import { performSteps, tell, undoSteps } from './perform-steps.ts'

/** How long a guest may take to open a tray that it has locked. */
const trayMs = 10_000

/** What a drive is on, as QEMU is told it: nothing where it is empty. */
interface Medium {
  readonly steps: readonly MonitorStep[]
  /** The node that the drive itself is on. */
  readonly node?: string
}

/** What is to happen to a drive; whoever finishes it needs to know no more. */
export interface MediumChange {
  readonly alias: string
  /** QEMU's name of the drive. */
  readonly id: string
  readonly old: Medium
  readonly wanted: Medium
}

/** Says what QEMU will be told, and the drive as it will be then. */
export function planMedium(
  live: Domain,
  old: Disk,
  asked: Disk,
): { readonly change: MediumChange; readonly disk: Disk } {
  if (old.device !== 'cdrom' && old.device !== 'floppy') {
    throw domainError(
      'ERR_OPERATION_UNSUPPORTED',
      `${quote(old.target)} is no drive with a medium to change; detach and attach it`,
    )
  }
  const disk = renumbered(live, asked)
  for (const one of [old, disk])
    if (diskSecrets(one, 0).length > 0)
      throw domainError(
        'ERR_OPERATION_UNSUPPORTED',
        `a medium that is opened with a secret stays in ${quote(old.target)} while the guest runs; change the definition (--config)`,
      )
  const change = {
    alias: old.alias ?? '',
    id: backendOf(old),
    old: mediumOf(old),
    wanted: mediumOf(disk),
  }
  return { change, disk }
}

/**
 * Puts another medium into a drive, or none. The new one is opened before the old one is touched, so
 * that a missing image leaves the drive as it was.
 */
export async function replaceMedium(
  qmp: QmpClient,
  change: MediumChange,
  options: UpdateDeviceOptions,
): Promise<void> {
  const { id, old, wanted } = change
  try {
    await performSteps(qmp, wanted.steps, options.signal && { signal: options.signal })
    await openTray(qmp, id, options)
    if (old.node !== undefined) {
      await tell(qmp, { execute: 'blockdev-remove-medium', arguments: { id } })
      await undoSteps(qmp, old.steps)
    }
    if (wanted.node !== undefined) await insert(qmp, id, wanted.node)
  } catch (error) {
    const isDone = await finishMedium(qmp, change).catch(() => {
      throw new JobLeft('the next command sees to what is in the drive', error)
    })
    if (!isDone) throw error
  }
}

/**
 * Brings a change that stopped on its way to its end where the new medium is in the drive, else back:
 * one that QEMU does not take leaves the drive with the one before.
 *
 * @returns whether the drive is as it was to be.
 */
export async function finishMedium(
  qmp: QmpClient,
  { alias, id, old, wanted }: MediumChange,
): Promise<boolean> {
  const now = await nodeIn(qmp, alias)
  const isDone = now === wanted.node
  await undoSteps(qmp, (isDone ? old : wanted).steps)
  if (isDone && wanted.node !== undefined) await closeTray(qmp, id)
  if (isDone || now !== undefined || old.node === undefined) return isDone
  // What is there still is as good as what is made anew.
  for (const step of old.steps) await tell(qmp, step).catch(passRefusal)
  await insert(qmp, id, old.node)
  return false
}

async function insert(qmp: QmpClient, id: string, node: string): Promise<void> {
  await tell(qmp, { execute: 'blockdev-insert-medium', arguments: { id, 'node-name': node } })
  await closeTray(qmp, id)
}

/** The new medium with a number that no image of the guest has. */
function renumbered(live: Domain, asked: Disk): Disk {
  if (isEmpty(asked) || asked.source === undefined) return withoutMedium(asked)
  const { index: _, ...source } = asked.source
  const fresh = { format: 'raw' as const, ...asked, source }
  const numbers = numberImages([...(live.devices.disk ?? []), fresh])
  return withNumbers(fresh, numbers.get(fresh))
}

function withoutMedium(disk: Disk): Disk {
  const { source: _, backingStore: __, ...empty } = disk
  return { ...empty, type: disk.type === 'block' ? 'file' : disk.type }
}

function mediumOf(disk: Disk): Medium {
  const number = disk.source?.index
  if (number === undefined) return { steps: [] }
  return {
    steps: imageNodes(disk, number).map((option) => plugStep(option)),
    node: disk.copyOnRead === true ? `libvirt-CoR-${disk.target}` : `libvirt-${number}-format`,
  }
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
  await tell(qmp, { execute: 'blockdev-close-tray', arguments: { id } }).catch(passRefusal)
}

function passRefusal(error: unknown): void {
  if (!(error instanceof QmpError)) throw error
}
