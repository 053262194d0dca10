import type { Domain } from '../../domain/domain.ts'
import { unsupported } from '../../errors.ts'
import type { Problem } from '../../errors.ts'
import type { Sysfs } from '../../run/sysfs.ts'
import { groupMembers, isPassThrough, isVfio, pciDeviceName, readPciDevice } from './pci-device.ts'
import { wantedDevices } from './wanted-devices.ts'
import type { WantedDevice } from './wanted-devices.ts'

/** What keeps PCI devices of the host from being a guest's, each with the way out. */
export function findPciProblems(domain: Pick<Domain, 'devices'>, sysfs: Sysfs): Problem[] {
  const wanted = wantedDevices(domain)
  return wanted.flatMap((one) => problemsOf(one, wanted, sysfs))
}

function problemsOf(
  { path, address, managed }: WantedDevice,
  wanted: readonly WantedDevice[],
  sysfs: Sysfs,
): Problem[] {
  const where = `${path}/source/address`
  const device = readPciDevice(sysfs, address)
  if (device === undefined) {
    const message = `the host has no PCI device ${address}`
    return [{ code: 'ERR_OPERATION_FAILED', path: where, message }]
  }
  if (device.isBridge)
    return [
      unsupported(
        where,
        `${address} is a bridge, and leads to other devices: name one of those (polyvirt nodedev-list --tree)`,
      ),
    ]
  const { driver, group } = device
  if (group === undefined) return [unsupported(where, noIommu(address))]
  const problems: Problem[] = []
  if (!managed && (driver === undefined || !isVfio(driver)))
    problems.push(
      unsupported(
        where,
        `${address} ${driver === undefined ? 'has no driver' : `belongs to the driver '${driver}'`}, and vfio-pci must have it; hand it over with: polyvirt nodedev-detach ${pciDeviceName(address)}, or let each start do so: managed='yes'`,
      ),
    )
  const inTheWay = othersInGroup(sysfs, address, wanted)
  if (inTheWay.length > 0) problems.push(unsupported(where, sharedGroup(address, group, inTheWay)))
  return problems
}

export function noIommu(address: string): string {
  return `${address} is behind no IOMMU, without which no device can be given to a guest: turn it on in the host's firmware, and on its kernel's command line where the processor's maker wants it said there (intel_iommu=on, amd_iommu=on)`
}

/** Another device of a group, with the driver that has it. */
interface DeviceInTheWay {
  readonly address: string
  readonly driver: string
}

/** Devices that an IOMMU cannot tell from this one, and that a driver of the host works with. */
function othersInGroup(
  sysfs: Sysfs,
  address: string,
  wanted: readonly WantedDevice[],
): readonly DeviceInTheWay[] {
  const { group } = readPciDevice(sysfs, address) ?? {}
  if (group === undefined) return []
  const taken = wanted.map((one) => one.address)
  return groupMembers(sysfs, group).flatMap((other) => {
    if (taken.includes(other)) return []
    const { driver, isBridge = true } = readPciDevice(sysfs, other) ?? {}
    // What a bridge passes on is the IOMMU's affair.
    const isFine = isBridge || driver === undefined || isPassThrough(driver)
    return isFine ? [] : [{ address: other, driver }]
  })
}

function sharedGroup(address: string, group: number, others: readonly DeviceInTheWay[]): string {
  const named = others.map((one) => `${one.address} (${one.driver})`).join(', ')
  const commands = others.map((one) => `polyvirt nodedev-detach ${pciDeviceName(one.address)}`)
  return `${address} shares its IOMMU group ${group} with ${named}, which drivers of the host work with: give those to the guest as well, or take them away from the host: ${commands.join('; ')}`
}
