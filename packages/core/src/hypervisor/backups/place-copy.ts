import { domainError, quote } from '../../errors.ts'
import type { QmpClient } from '../../qmp/index.ts'
import { diskChain, topNode } from '../blocks/disk-graph.ts'
import { createImage, openSteps } from '../blocks/new-image.ts'
import { unconfined } from '../confinement/confined-start.ts'
import { takeImage } from '../confinement/hand-over.ts'
import { performSteps } from '../live/perform-steps.ts'
import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import type { PlacedPart } from './backup-actions.ts'
import type { BackupPart } from './backup-parts.ts'

export interface PlaceRequest {
  readonly running: Running
  readonly part: BackupPart
  readonly mode: 'push' | 'pull'
  /** The file is there already. */
  readonly reuse: boolean
}

/** Makes the file where it is to be made, and has QEMU open it. */
export async function placeCopy(
  rooms: Rooms,
  qmp: QmpClient,
  { running, part, mode, reuse }: PlaceRequest,
): Promise<PlacedPart> {
  const { disk, file, type, format, index } = part
  const [top] = await diskChain(qmp, disk)
  const node = await topNode(qmp, disk)
  const sizeBytes = top?.sizeBytes ?? 0
  if (!reuse && type === 'file') await makeCopy({ file, format, sizeBytes }, disk.target)
  const confinement = rooms.layout.confinement ?? unconfined
  takeImage(rooms.store, running.active, { path: file, confinement })
  const below = mode === 'pull' ? { below: node } : {}
  await performSteps(
    qmp,
    openSteps({ ...disk, readonly: false }, { file, type, format, ...below }, index),
  )
  return { part, node, copy: `libvirt-${index}-format` }
}

async function makeCopy(
  image: { readonly file: string; readonly format: string; readonly sizeBytes: number },
  target: string,
): Promise<void> {
  const { existsSync } = await import('node:fs')
  if (existsSync(image.file))
    throw domainError(
      'ERR_INVALID_ARG',
      `store ${quote(image.file, 200)} for backup of ${quote(target)} exists`,
    )
  await createImage(image)
}
