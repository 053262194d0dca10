import { displayRows, pciModels, pciRows, portRows, usbRows } from '@polyvirt/core/arch'
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
  disk: {
    models: {
      virtio: { driver: 'virtio-blk-pci', bus: 'pci' },
      scsi: { bus: 'drive' },
      sata: { bus: 'drive' },
      usb: { driver: 'usb-storage', bus: 'usb' },
    },
  },
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
  'controller:sata': { models: { '': { driver: 'ahci', type: 'ich9-ahci', bus: 'pci' } } },
  'controller:virtio-serial': { models: pciModels.virtioSerial },
  'controller:ccid': { models: { '': { driver: 'usb-ccid', bus: 'usb' } } },
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
      'spapr-vio-serial': { driver: 'spapr-vty', bus: 'spapr-vio' },
      'usb-serial': { driver: 'usb-serial', bus: 'usb' },
      'pci-serial': { driver: 'pci-serial', bus: 'pci' },
    },
  },
  input: {
    default: ['usb:mouse', 'usb:keyboard', 'usb:tablet'],
    models: {
      ...pciModels.usbInputs,
      ...pciModels.virtioInputs,
      'none:evdev': { bus: 'none' },
    },
  },
  sound: {
    models: {
      ...pciModels.sound,
      usb: { driver: 'usb-audio', bus: 'usb' },
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
  watchdog: { models: { i6300esb: { driver: 'i6300esb', bus: 'pci' } } },
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
