import { fileOf } from '../blocks/switch-image.ts'
import { domainError, quote } from '../../errors.ts'
import { runProgram } from '../../run/run-program.ts'
import { checkpointBitmaps, diskChain, topNode } from '../blocks/disk-graph.ts'
import { imageInfo } from '../blocks/image-info.ts'
import { checkPlain, createImage, openSteps } from '../blocks/new-image.ts'
import type { TransactionAction } from '../backups/backup-actions.ts'
import { unconfined } from '../confinement/confined-start.ts'
import { takeImage } from '../confinement/hand-over.ts'
import { performSteps, undoSteps } from '../live/perform-steps.ts'
import type { MonitorStep } from '../../qemu/monitor-steps.ts'
import type { QmpClient } from '../../qmp/index.ts'
import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import type { Part } from './snapshot-parts.ts'

/** A new image above a disk's own, with its number. */
export type Overlay = Part & { readonly index: number }

/** New images above the old ones of a guest that is off. */
export async function makeOverlays(overlays: readonly Overlay[]): Promise<void> {
  for (const { disk } of overlays) checkPlain(disk)
  for (const { disk, file } of overlays) {
    const below = fileOf(disk) ?? ''
    const format = disk.format ?? 'raw'
    const { sizeBytes, bitmaps } = await look(below, format)
    await createImage({ file, format: 'qcow2', sizeBytes, backing: { file: below, format } })
    for (const name of bitmaps)
      await qemuImg('bitmap', '--add', '--merge', name, '-b', below, '-F', format, file, name)
  }
}

interface Look {
  readonly sizeBytes: number
  /** What its checkpoints have recorded, as far as it can be trusted. */
  readonly bitmaps: readonly string[]
}

async function look(file: string, format: string): Promise<Look> {
  const info = await imageInfo({ file, format }, false)
  const bitmaps = info['format-specific']?.data?.bitmaps ?? []
  return {
    sizeBytes: info['virtual-size'],
    bitmaps: bitmaps.flatMap(({ name, flags }) => (flags.includes('in-use') ? [] : [name])),
  }
}

function qemuImg(...args: readonly string[]): ReturnType<typeof runProgram> {
  return runProgram('qemu-img', args, { install: 'apt-get install qemu-utils' })
}

/** The same of a guest that runs: all disks go over at one moment, or none. */
export async function switchToOverlays(
  rooms: Rooms,
  { active }: Running,
  { qmp, overlays, reuse }: SwitchRequest,
): Promise<void> {
  const steps: MonitorStep[] = []
  const actions: TransactionAction[] = []
  const confinement = rooms.layout.confinement ?? unconfined
  for (const { disk } of overlays) checkPlain(disk)
  for (const { disk, file, index } of overlays) {
    const [top] = await diskChain(qmp, disk)
    const backing = { file: fileOf(disk) ?? '', format: disk.format ?? 'raw' }
    if (!reuse)
      await createImage({ file, format: 'qcow2', sizeBytes: top?.sizeBytes ?? 0, backing })
    takeImage(rooms.store, active, { path: file, confinement })
    steps.push(...openSteps(disk, { file, format: 'qcow2' }, index))
    const node = await topNode(qmp, disk)
    const overlay = `libvirt-${index}-format`
    // What checkpoints have recorded goes on in the image that is written to.
    for (const name of await checkpointBitmaps(qmp, disk)) {
      const from = { node, name }
      actions.push(
        { type: 'block-dirty-bitmap-add', data: { node: overlay, name, persistent: true } },
        {
          type: 'block-dirty-bitmap-merge',
          data: { node: overlay, target: name, bitmaps: [from] },
        },
      )
    }
    actions.push({ type: 'blockdev-snapshot', data: { node, overlay } })
  }
  await performSteps(qmp, steps)
  try {
    await qmp.executeUnchecked('transaction', { actions })
  } catch (error) {
    await undoSteps(qmp, steps)
    throw error
  }
}

export interface SwitchRequest {
  readonly qmp: QmpClient
  readonly overlays: readonly Overlay[]
  /** The images are there already. */
  readonly reuse: boolean
}

/** @throws DomainError for a file that is there and is not to be. */
export function noneExists(files: readonly string[], exists: (file: string) => boolean): void {
  const found = files.find((file) => exists(file))
  if (found !== undefined)
    throw domainError(
      'ERR_OPERATION_INVALID',
      `external snapshot file ${quote(found, 200)} already exists`,
    )
}

/** @throws DomainError for a file that is to be there and is not. */
export function allExist(files: readonly string[], exists: (file: string) => boolean): void {
  const missing = files.find((file) => !exists(file))
  if (missing !== undefined)
    throw domainError(
      'ERR_CONFIG_UNSUPPORTED',
      `missing existing file ${quote(missing, 200)}: make the image first, or have it made`,
    )
}
