import { DomainError, domainError } from '../../errors.ts'
import type { Sysfs } from '../../run/sysfs.ts'
import { systemReason } from '../../run/system-reason.ts'
import { isPassThrough, isVfio, pciFolder, readPciDevice } from './pci-device.ts'

/** What a device had before it was given to another driver. */
export interface FormerDriver {
  readonly driver?: string
  readonly override?: string
}

/** The driver that gives devices to guests. */
export const vfioPci = 'vfio-pci'

/**
 * Gives a PCI device to a driver that would not take it by itself, as the kernel documents it
 * (Documentation/ABI/testing/sysfs-bus-pci, driver_override).
 *
 * @throws DomainError `ERR_OPERATION_FAILED` where the kernel does not do so; the device may be half way then,
 *   and {@link giveBack} puts that right.
 */
export async function giveToDriver(sysfs: Sysfs, address: string, driver: string): Promise<void> {
  const folder = pciFolder(address)
  try {
    if (sysfs.real(`/bus/pci/drivers/${driver}`) === undefined) await sysfs.loadModule(driver)
    await sysfs.write(`${folder}/driver_override`, driver)
    await unbind(sysfs, address)
    await sysfs.write('/bus/pci/drivers_probe', address)
  } catch (cause) {
    throw failed(`${address} cannot be given to ${driver}`, cause)
  }
  const now = readPciDevice(sysfs, address)?.driver
  if (now !== driver)
    throw failed(
      `${address} was offered to ${driver}, which did not take it; the kernel's log (dmesg) says why`,
    )
}

/**
 * Gives a device back to the driver it had. Where it is half way, or somebody else has taken it meanwhile, what is
 * left to do is done. Takes no notice of a device that is gone.
 *
 * @throws DomainError `ERR_OPERATION_FAILED` where the kernel refuses.
 */
export async function giveBack(
  sysfs: Sysfs,
  address: string,
  { driver, override }: FormerDriver,
): Promise<void> {
  const now = readPciDevice(sysfs, address)
  if (now === undefined) return
  try {
    if (now.override === vfioPci && override !== vfioPci)
      // An empty line takes it away.
      await sysfs.write(`${pciFolder(address)}/driver_override`, override ?? '\n')
    if (now.driver !== undefined && !isVfio(now.driver)) return
    if (now.driver !== driver) await unbind(sysfs, address)
    if (driver === undefined || now.driver === driver) return
    await sysfs.write('/bus/pci/drivers_probe', address)
    if (readPciDevice(sysfs, address)?.driver === undefined)
      // It took the device by a word of the administrator's (bind, new_id), and would not by itself.
      await sysfs.write(`/bus/pci/drivers/${driver}/bind`, address)
  } catch (cause) {
    throw failed(`${address} cannot be given back to ${driver ?? 'nobody'}`, cause)
  }
}

/**
 * Gives a device that was for guests to whichever driver of the host takes it. Leaves one alone that a driver of the
 * host has.
 *
 * @throws DomainError `ERR_OPERATION_FAILED` where the kernel refuses.
 */
export async function giveToHost(sysfs: Sysfs, address: string): Promise<void> {
  const { driver, override } = readPciDevice(sysfs, address) ?? {}
  try {
    if (override !== undefined && isPassThrough(override))
      await sysfs.write(`${pciFolder(address)}/driver_override`, '\n')
    if (driver !== undefined && !isPassThrough(driver)) return
    await unbind(sysfs, address)
    await sysfs.write('/bus/pci/drivers_probe', address)
  } catch (cause) {
    throw failed(`${address} cannot be given back to the host`, cause)
  }
}

async function unbind(sysfs: Sysfs, address: string): Promise<void> {
  const driver = `${pciFolder(address)}/driver`
  if (sysfs.real(driver) === undefined) return
  await sysfs.write(`${driver}/unbind`, address).catch((error: unknown) => {
    // Another one may have done it.
    if (sysfs.real(driver) !== undefined) throw error
  })
}

function failed(what: string, cause?: unknown): Error {
  if (cause === undefined) return domainError('ERR_OPERATION_FAILED', what)
  const why = cause instanceof DomainError ? cause.problems[0].message : whyRefused(cause)
  return domainError('ERR_OPERATION_FAILED', `${what}: ${why}`, { cause })
}

/** Why the kernel does not do with a device what it was told. */
export function whyRefused(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  const mayNot = (code === 'EACCES' || code === 'EPERM') && process.geteuid?.() !== 0
  return mayNot
    ? 'only root may take devices from their drivers, give them back and reset them: use qemu:///system as root, or have the administrator give it to vfio-pci before'
    : systemReason(error)
}
