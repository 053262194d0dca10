import type { Sysfs } from '../../run/sysfs.ts'

/** A PCI device of the host, as the kernel tells of it. */
export interface PciDevice {
  /** `0000:01:00.0`. */
  readonly address: string
  /** The driver that has it. */
  readonly driver?: string
  /** Drivers but this one do not take it. */
  readonly override?: string
  /** The devices that an IOMMU cannot tell from each other; none without an IOMMU. */
  readonly group?: number
  /** It is a way to other devices, as a root port is. */
  readonly isBridge: boolean
}

/** Where the kernel has a PCI device, below `/sys`. */
export function pciFolder(address: string): string {
  return `/bus/pci/devices/${address}`
}

/** What is known of the device, or nothing where the host has none there. */
export function readPciDevice(sysfs: Sysfs, address: string): PciDevice | undefined {
  const folder = pciFolder(address)
  const real = sysfs.real(folder)
  if (real === undefined) return undefined
  const driver = nameOf(sysfs.real(`${folder}/driver`))
  const override = sysfs.read(`${folder}/driver_override`)
  const group = nameOf(sysfs.real(`${folder}/iommu_group`))
  return {
    address,
    isBridge: headerType(sysfs, folder) !== endpoint,
    ...(driver !== undefined && { driver }),
    ...(override !== undefined && !noOverride.has(override) && { override }),
    ...(group !== undefined && { group: Number(group) }),
  }
}

/** How the kernel says that there is none. */
const noOverride: ReadonlySet<string> = new Set(['', '(null)'])

/** PCI, header layout 0. */
const endpoint = 0

/** Of the configuration space: which layout the rest of it has; 0 where it cannot be read. */
export function headerType(sysfs: Sysfs, folder: string): number {
  const at = 0x0e
  return (sysfs.bytes(`${folder}/config`, at + 1)[at] ?? endpoint) & 0x7f
}

/** Addresses of all devices of an IOMMU group. */
export function groupMembers(sysfs: Sysfs, group: number): readonly string[] {
  return sysfs.list(`/kernel/iommu_groups/${group}/devices`)
}

/** Drivers under which a device does nothing of its own: its group can be a guest's. */
export function isPassThrough(driver: string): boolean {
  return driver === 'pci-stub' || isVfio(driver)
}

/** Drivers that give a device to a guest: vfio-pci, and those for one kind of device (mlx5_vfio_pci). */
export function isVfio(driver: string): boolean {
  return /(?:^|[-_])vfio[-_]pci$/.test(driver)
}

/** The last word of a path. */
export function nameOf(path: string | undefined): string | undefined {
  return path?.slice(path.lastIndexOf('/') + 1)
}

/** libvirt's name of a PCI device: `pci_0000_01_00_0`. */
export function pciDeviceName(address: string): string {
  return `pci_${address.replaceAll(/[:.]/g, '_')}`
}
