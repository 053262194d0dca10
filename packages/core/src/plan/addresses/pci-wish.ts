import type { DeviceKind, DeviceOf } from '../../domain/devices.ts'
import type { PlanContext } from '../plan-context.ts'
import { modelOf } from '../allow-list.ts'
import { connectOfController } from './pci-buses.ts'
import type { PciWish } from './pci-buses.ts'

/**
 * Device types that are PCI Express endpoints: QEMU's `pcie` interface (hw/*: `INTERFACE_PCIE_DEVICE`)
 * as far as the domain schema can name them. Plain virtio devices are both; on a PCIe machine they
 * are placed as Express.
 */
const express: ReadonlySet<string> = new Set([
  'qemu-xhci',
  'nec-usb-xhci',
  'bochs-display',
  'virtio-gpu-pci',
  // Unless the host's device says otherwise, which planning cannot read.
  'vfio-pci',
])

/** Cards that libvirt plugs into a conventional bus; those it does not know by name are Express to it. */
const conventionalCards: ReadonlySet<string> = new Set(['rtl8139', 'e1000', 'vmxnet3'])

/** Is this driver, in this form, a PCI Express device? A transitional virtio device is not. */
function isExpress(kind: DeviceKind, driver: string, model: string | undefined): boolean {
  if (express.has(driver)) return true
  if (kind === 'interface' && !driver.startsWith('virtio-')) return !conventionalCards.has(driver)
  return /^virtio-|^vhost-/.test(driver) && !(model ?? '').endsWith('-transitional')
    ? true
    : (model ?? '').endsWith('-non-transitional')
}

/** What a device wants to be plugged into; nothing for devices that are not on PCI. */
export function pciWish<K extends DeviceKind>(
  kind: K,
  device: DeviceOf<K>,
  context: PlanContext,
): PciWish | undefined {
  if (kind === 'controller') {
    const { type, model } = device as DeviceOf<'controller'>
    if (type === 'pci') {
      const connect = connectOfController(model ?? '')
      if (connect === undefined) return undefined
      return connect === 'pcie-root-port' ? { connect, aggregate: true } : { connect }
    }
  }
  const model = modelOf(kind, device, context)
  if (model === undefined || model.bus !== 'pci' || model.driver === undefined) return undefined
  const { model: form } = device as { readonly model?: string }
  const pcieRoot = context.profile.pci?.root === 'pcie-root'
  return { connect: pcieRoot && isExpress(kind, model.driver, form) ? 'pcie' : 'pci' }
}
