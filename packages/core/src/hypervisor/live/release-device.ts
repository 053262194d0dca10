import type { RunReference, Store } from '../../store/index.ts'
import { leaveDevice } from '../confinement/hand-over.ts'
import type { Release } from '../confinement/hand-over.ts'
import { removeTapOf } from '../taps.ts'

/**
 * Gives back what the host gave for a device: its images and its tap. The documents are changed
 * afterwards, for they are what tells the next one of it if this one dies in between.
 */
export async function releaseDevice(
  store: Store,
  run: RunReference,
  release: Release,
): Promise<void> {
  leaveDevice(store, run, release)
  await removeTapOf(release.gone)
}
