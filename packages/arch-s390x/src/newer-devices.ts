import { pciModels } from '@polyvirt/core/arch'
import type { DeviceModel } from '@polyvirt/core/arch'

type Models = Readonly<Record<string, DeviceModel>>

/**
 * First QEMU that was tried and has USB and emulated cards for this machine, as PCI functions. Whether
 * it was built with them is its distributor's choice.
 */
const since: readonly [number, number] = [10, 0]

const newer = (models: Models): Models =>
  Object.fromEntries(Object.entries(models).map(([name, model]) => [name, { ...model, since }]))

/** Models that join rows of older ones. */
export const newerModels: Readonly<
  Record<'usbControllers' | 'disks' | 'cards' | 'inputs' | 'serials' | 'hostdevs', Models>
> = {
  usbControllers: newer({ 'qemu-xhci': { driver: 'qemu-xhci', bus: 'pci' } }),
  disks: newer({ usb: { driver: 'usb-storage', bus: 'usb' } }),
  cards: newer({ e1000e: { driver: 'e1000e', bus: 'pci' }, igb: { driver: 'igb', bus: 'pci' } }),
  inputs: newer(pciModels.usbInputs),
  serials: newer({ 'usb-serial': { driver: 'usb-serial', bus: 'usb' } }),
  hostdevs: newer({ usb: { driver: 'usb-host', bus: 'usb' } }),
}
