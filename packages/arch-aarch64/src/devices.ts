import {
  alsoOnMmio,
  boardRows,
  displayRows,
  pciModels,
  pciRows,
  portRows,
  usbRows,
} from '@polyvirt/core/arch'
import type { DeviceAllowList } from '@polyvirt/core/arch'

const onEitherTransport: DeviceAllowList = alsoOnMmio({
  ...pciRows,
  ...usbRows,
  ...displayRows,
  ...portRows,
  ...boardRows,
  'controller:pci': { models: pciModels.expressControllers },
  'controller:usb': { default: ['qemu-xhci', 'nec-xhci'], models: pciModels.usbControllers },
  'controller:scsi': {
    default: ['lsilogic', 'virtio-scsi'],
    models: {
      ...pciModels.scsiControllers,
      ...pciModels.amdScsiControllers,
    },
  },
  interface: {
    default: ['virtio'],
    models: {
      ...pciModels.cards,
      ...pciModels.eepro100Cards,
    },
  },
  serial: {
    default: ['system-serial'],
    models: {
      // A second one belongs to the secure world, which guests of virt do not have.
      'system-serial': { bus: 'none', modelName: 'pl011', max: 1 },
      'usb-serial': { driver: 'usb-serial', bus: 'usb' },
      'pci-serial': { driver: 'pci-serial', bus: 'pci' },
    },
  },
  video: {
    default: ['virtio'],
    models: {
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
})

/**
 * What guests of the virt board may have: virtio on PCI Express or on the board's own transport, PCI
 * devices, USB behind a controller that the document adds. No ISA bus, no IDE, no floppy, no i8042, no
 * SD card (QEMU hw/arm/virt.c).
 */
export const devices: DeviceAllowList = {
  ...onEitherTransport,
  // vhost's SCSI, memory that grows and the IOMMU are there on PCI only.
  ...(pciRows.hostdev && { hostdev: pciRows.hostdev }),
  memory: {
    models: {
      dimm: { driver: 'pc-dimm', bus: 'dimm' },
      nvdimm: { driver: 'nvdimm', bus: 'dimm' },
      'virtio-mem': { driver: 'virtio-mem-pci', bus: 'pci' },
    },
  },
  iommu: {
    models: {
      // A property of the machine, not a device.
      smmuv3: { bus: 'none' },
      virtio: { driver: 'virtio-iommu-pci', bus: 'pci' },
    },
  },
}
