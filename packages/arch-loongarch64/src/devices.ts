import { boardRows, displayRows, pciModels, pciRows, portRows, usbRows } from '@polyvirt/core/arch'
import type { DeviceAllowList } from '@polyvirt/core/arch'

// qemu-system-loongarch64 has no `pxb-pcie`, in no version.
const { 'pcie-expander-bus': _absent, ...pciControllers } = pciModels.expressControllers

/**
 * What guests of the virt board may have: virtio and other PCI devices, USB behind a controller that
 * the document adds. No ISA bus, no IDE, no floppy, no i8042, no virtio-mmio (QEMU
 * hw/loongarch/virt.c). QEMU also starts with an NVDIMM, which it plugs in nowhere, and with a virtio
 * IOMMU, of which no table tells the guest: they are not offered.
 */
export const devices: DeviceAllowList = {
  ...pciRows,
  ...usbRows,
  ...displayRows,
  ...portRows,
  ...boardRows,
  'controller:pci': { models: pciControllers },
  'controller:usb': {
    default: ['qemu-xhci', 'nec-xhci', 'piix3-uhci'],
    models: pciModels.usbControllers,
  },
  'controller:scsi': {
    default: ['virtio-scsi', 'lsilogic'],
    models: {
      ...pciModels.scsiControllers,
      ...pciModels.amdScsiControllers,
    },
  },
  interface: { default: ['virtio'], models: pciModels.cards },
  serial: {
    default: ['system-serial'],
    models: {
      // VIRT_UART_COUNT (include/hw/pci-host/ls7a.h); more are dropped unsaid.
      'system-serial': { bus: 'none', modelName: '16550a', max: 4 },
      'usb-serial': { driver: 'usb-serial', bus: 'usb' },
      'pci-serial': { driver: 'pci-serial', bus: 'pci' },
    },
  },
  video: {
    default: ['virtio'],
    models: {
      // Not `virtio-vga`: Debian builds this emulator without it, and nothing here needs VGA's registers.
      virtio: { driver: 'virtio-gpu-pci', bus: 'pci' },
      vga: { driver: 'VGA', bus: 'pci' },
      cirrus: { driver: 'cirrus-vga', bus: 'pci' },
      vmvga: { driver: 'vmware-svga', bus: 'pci' },
      bochs: { driver: 'bochs-display', bus: 'pci' },
      ramfb: { driver: 'ramfb', bus: 'none' },
      none: { bus: 'none' },
    },
  },
  panic: { default: ['pvpanic'], models: { pvpanic: { driver: 'pvpanic-pci', bus: 'pci' } } },
  tpm: {
    default: ['tpm-tis'],
    models: { 'tpm-tis': { driver: 'tpm-tis-device', bus: 'none', versions: ['2.0'] } },
  },
  memory: { models: { dimm: { driver: 'pc-dimm', bus: 'dimm' } } },
}
