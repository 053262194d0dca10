import { boardRows, displayRows, pciModels, pciRows, portRows, usbRows } from '@polyvirt/core/arch'
import type { DeviceAllowList } from '@polyvirt/core/arch'

/**
 * What pseries guests may have: virtio and PCI devices, the sPAPR virtual I/O devices, USB.
 * No ISA bus, no IDE, no floppy, no i8042 (QEMU hw/ppc/spapr.c).
 */
export const devices: DeviceAllowList = {
  ...pciRows,
  ...usbRows,
  ...displayRows,
  ...portRows,
  ...boardRows,
  'controller:pci': {
    models: {
      'pci-root': { driver: 'spapr-pci-host-bridge', bus: 'none' },
      'pci-bridge': { driver: 'pci-bridge', bus: 'pci' },
    },
  },
  'controller:usb': {
    default: ['qemu-xhci', 'nec-xhci', 'pci-ohci'],
    models: pciModels.usbControllers,
  },
  'controller:scsi': {
    default: ['ibmvscsi', 'virtio-scsi'],
    models: {
      ibmvscsi: { driver: 'spapr-vscsi', bus: 'spapr-vio' },
      ...pciModels.scsiControllers,
    },
  },
  interface: {
    default: ['rtl8139', 'e1000', 'virtio'],
    models: {
      ...pciModels.cards,
      'spapr-vlan': { driver: 'spapr-vlan', bus: 'spapr-vio' },
    },
  },
  serial: {
    default: ['spapr-vio-serial'],
    models: {
      // Registers of terminals are mapped to sixteen interrupts (hw/ppc/spapr_irq.c).
      'spapr-vio-serial': { driver: 'spapr-vty', bus: 'spapr-vio', max: 16 },
      'usb-serial': { driver: 'usb-serial', bus: 'usb' },
      'pci-serial': { driver: 'pci-serial', bus: 'pci' },
    },
  },
  video: {
    default: ['vga', 'virtio'],
    models: {
      vga: { driver: 'VGA', bus: 'pci' },
      virtio: { driver: 'virtio-gpu-pci', bus: 'pci' },
      bochs: { driver: 'bochs-display', bus: 'pci' },
      cirrus: { driver: 'cirrus-vga', bus: 'pci' },
      vmvga: { driver: 'vmware-svga', bus: 'pci' },
      none: { bus: 'none' },
    },
  },
  nvram: { models: { nvram: { driver: 'spapr-nvram', bus: 'spapr-vio' } } },
  panic: { default: ['pseries'], models: { pseries: { bus: 'none' } } },
  tpm: {
    default: ['tpm-spapr'],
    models: {
      'tpm-spapr': { driver: 'tpm-spapr', bus: 'spapr-vio', versions: ['2.0'] },
      'spapr-tpm-proxy': { driver: 'spapr-tpm-proxy', bus: 'none', versions: ['2.0'] },
    },
  },
  memory: {
    models: {
      dimm: { driver: 'pc-dimm', bus: 'dimm' },
      nvdimm: { driver: 'nvdimm', bus: 'dimm' },
    },
  },
}
