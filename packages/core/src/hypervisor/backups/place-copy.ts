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
  /** Takes the names of files that have been made. */
  readonly made: Set<string>
}

/** Makes the file where it is to be made, and has QEMU open it. */
export async function placeCopy(
  rooms: Rooms,
  qmp: QmpClient,
  { running, part, mode, reuse, made }: PlaceRequest,
): Promise<PlacedPart> {
  const { disk, file, type, format, index } = part
  const [top] = await diskChain(qmp, disk)
  const node = await topNode(qmp, disk)
  const sizeBytes = top?.sizeBytes ?? 0
  if (!reuse && type === 'file') {
    await createImage({ file, format, sizeBytes })
    made.add(file)
  }
  const confinement = rooms.layout.confinement ?? unconfined
  takeImage(rooms.store, running.active, { path: file, confinement })
  const below = mode === 'pull' ? { below: node } : {}
  await performSteps(
    qmp,
    openSteps({ ...disk, readonly: false }, { file, type, format, ...below }, index),
  )
  return { part, node, copy: `libvirt-${index}-format` }
}
