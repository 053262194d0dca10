import type { RunReference, Store } from '../../store/index.ts'
import { leaveDevice } from '../confinement/hand-over.ts'
import type { Release } from '../confinement/hand-over.ts'
import { leavePciDevice } from '../pci/borrow-devices.ts'
import { removeTapOf } from '../taps.ts'
import { removeRunFiles } from '../run-remains.ts'
import { runImagesIn } from '../transient-disks.ts'

/**
 * Gives back what the host gave for a device: its images, its tap, itself, and what it wrote for this run
 * alone. The documents are changed afterwards, for they are what tells the next one of it if this one
 * dies in between.
 */
export async function releaseDevice(
  store: Store,
  run: RunReference,
  release: Release,
): Promise<void> {
  leaveDevice(store, run, release)
  leavePciDevice(store, run, release)
  const { gone, left } = release
  await removeTapOf(gone)
  if (gone.kind === 'disk')
    removeRunFiles(
      store,
      runImagesIn({ name: left.name, devices: { disk: [gone.device] } }, run.id),
    )
}
