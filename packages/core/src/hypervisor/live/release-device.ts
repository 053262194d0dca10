import type { RunReference, Store } from '../../store/index.ts'
import type { AnyDevice } from '../../xml/parse-device.ts'
import { leaveDevice } from '../confinement/hand-over.ts'
import { removeTapOf } from '../taps.ts'

/**
 * Gives back what the host gave for a device that QEMU has no more: its images and its tap. The documents
 * are changed afterwards, for they are what tells the next one of it if this one dies in between.
 */
export async function releaseDevice(
  store: Store,
  run: RunReference,
  device: AnyDevice,
): Promise<void> {
  leaveDevice(store, run, device)
  await removeTapOf(device)
}
