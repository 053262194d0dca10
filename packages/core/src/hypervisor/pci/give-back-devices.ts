import { realSysfs } from '../../run/sysfs.ts'
import type { Sysfs } from '../../run/sysfs.ts'
import type { Store } from '../../store/index.ts'
import { giveBack } from './change-driver.ts'

/**
 * Gives devices that no run has any more back to the drivers that they were taken from. What cannot be given back
 * now is tried again by whoever looks next.
 */
export async function giveBackDevices(store: Store, sysfs: Sysfs = realSysfs): Promise<void> {
  for (const { address, before } of store.beginReturns()) {
    const isDone = await giveBack(sysfs, address, before).then(
      () => true,
      () => false,
    )
    store.endReturn(address, isDone)
  }
}
