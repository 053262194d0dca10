import type { Sysfs } from '../../run/sysfs.ts'
import type { Store } from '../../store/index.ts'

/** {@link giveBackDevices}, for those who do not know whether there are any: most machines never have. */
export async function returnLoans(store: Store, sysfs?: Sysfs): Promise<void> {
  try {
    if (!store.hasLoans()) return
    const { giveBackDevices } = await import('./give-back-devices.ts')
    await giveBackDevices(store, sysfs)
  } catch {
    // A store that cannot be written now is no reason to fail what is done; the next one looks again.
  }
}
