import { domainError, quote } from '../../errors.ts'
import { realSysfs } from '../../run/sysfs.ts'
import type { Sysfs } from '../../run/sysfs.ts'
import { runOf } from '../confinement/hand-over.ts'
import { giveBack, giveToDriver, giveToHost, vfioPci, whyRefused } from '../pci/change-driver.ts'
import { noIommu } from '../pci/find-pci-problems.ts'
import { isVfio, pciFolder, readPciDevice } from '../pci/pci-device.ts'
import { returnLoans } from '../pci/return-loans.ts'
import type { Rooms } from '../rooms.ts'
import { computer, findNodeDevice } from './read-node-devices.ts'

/** libvirt's names of what passes a device on, as far as there is one. */
const backEnds: readonly (string | undefined)[] = [undefined, 'vfio']

export async function detachNodeDevice(
  rooms: Rooms,
  name: string,
  { driver }: { readonly driver?: string },
): Promise<void> {
  const { sysfs, address } = await freeDevice(rooms, name)
  if (!backEnds.includes(driver))
    throw domainError(
      'ERR_INVALID_ARG',
      `unknown driver name ${quote(driver ?? '')}; there is: vfio`,
    )
  const before = readPciDevice(sysfs, address)
  if (before?.isBridge === true)
    throw domainError(
      'ERR_CONFIG_UNSUPPORTED',
      `${address} is a bridge, and the devices behind it need its driver; name one of those`,
    )
  if (before?.group === undefined) throw domainError('ERR_CONFIG_UNSUPPORTED', noIommu(address))
  if (before.driver !== undefined && isVfio(before.driver)) return
  try {
    await giveToDriver(sysfs, address, vfioPci)
  } catch (error) {
    await giveBack(sysfs, address, before).catch(() => undefined)
    throw error
  }
}

export async function reattachNodeDevice(rooms: Rooms, name: string): Promise<void> {
  const { sysfs, address } = await freeDevice(rooms, name)
  await giveToHost(sysfs, address)
}

export async function resetNodeDevice(rooms: Rooms, name: string): Promise<void> {
  const { sysfs, address } = await freeDevice(rooms, name)
  const file = `${pciFolder(address)}/reset`
  if (sysfs.real(file) === undefined)
    throw domainError(
      'ERR_OPERATION_UNSUPPORTED',
      `Unable to reset PCI device ${address}: the kernel knows no way to reset it by itself`,
    )
  try {
    await sysfs.write(file, '1')
  } catch (cause) {
    const message = `Unable to reset PCI device ${address}: ${whyRefused(cause)}`
    throw domainError('ERR_OPERATION_FAILED', message, { cause })
  }
}

/** A PCI device that no guest has. What one had until a moment ago is given back first. */
async function freeDevice(
  { store, layout }: Rooms,
  name: string,
): Promise<{ readonly sysfs: Sysfs; readonly address: string }> {
  if (layout.hostDir !== undefined)
    throw domainError('ERR_OPERATION_UNSUPPORTED', 'this host is a recording: its devices stay')
  const { sysfs = realSysfs } = layout
  const address = name === computer ? undefined : findNodeDevice(sysfs, name).pciAddress
  if (address === undefined)
    throw domainError('ERR_INVALID_ARG', `device ${name} is not a PCI device`)
  await returnLoans(store, layout.sysfs)
  const run = store.holderOf(address)
  const holder = run && runOf(store, run)
  if (holder !== undefined)
    throw domainError(
      'ERR_OPERATION_INVALID',
      `PCI device ${address} is still in use by domain ${quote(holder, 200)}: end the guest, or detach the device from it (detach-device)`,
    )
  return { sysfs, address }
}
