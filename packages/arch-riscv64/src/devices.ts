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

// qemu-system-riscv64 has no `pxb-pcie`, in no version.
const { 'pcie-expander-bus': _absent, ...pciControllers } = pciModels.expressControllers

const attached: DeviceAllowList = alsoOnMmio({
  ...pciRows,
  ...usbRows,
  ...displayRows,
  ...portRows,
  ...boardRows,
  'controller:pci': { models: pciControllers },
  'controller:usb': {
    // Not libvirt 9.0's piix3-uhci: Debian's kernel for RISC-V has no driver for it.
    default: ['qemu-xhci', 'nec-xhci'],
    models: pciModels.usbControllers,
  },
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
      // QEMU takes no notice of what is meant for a second (hw/riscv/virt.c).
      'system-serial': { bus: 'none', modelName: '16550a', max: 1 },
      'usb-serial': { driver: 'usb-serial', bus: 'usb' },
      'pci-serial': { driver: 'pci-serial', bus: 'pci' },
    },
  },
  video: {
    default: ['virtio'],
    models: {
      virtio: {
        driver: 'virtio-vga',
        secondary: 'virtio-gpu-pci',
        bus: 'pci',
        others: [{ driver: 'virtio-gpu-device', bus: 'virtio-mmio' }],
      },
      vga: { driver: 'VGA', bus: 'pci' },
      cirrus: { driver: 'cirrus-vga', bus: 'pci' },
      vmvga: { driver: 'vmware-svga', bus: 'pci' },
      bochs: { driver: 'bochs-display', bus: 'pci' },
      // Before, the board made its fw_cfg only after the devices.
      ramfb: { driver: 'ramfb', bus: 'none', since: [8, 0] },
      none: { bus: 'none' },
    },
  },
  panic: { default: ['pvpanic'], models: { pvpanic: { driver: 'pvpanic-pci', bus: 'pci' } } },
  tpm: {
    default: ['tpm-tis'],
    models: { 'tpm-tis': { driver: 'tpm-tis-device', bus: 'none', versions: ['1.2', '2.0'] } },
  },
})

/**
 * What guests of the virt board may have: virtio on PCI Express or on the board's own transport, PCI
 * devices, USB behind a controller that the document adds. No ISA bus, no IDE, no floppy, no i8042, no
 * SD card, no memory that is plugged in (QEMU hw/riscv/virt.c).
 */
export const devices: DeviceAllowList = {
  ...attached,
  // It guards buses of PCI, so it is on one.
  iommu: { models: { virtio: { driver: 'virtio-iommu-pci', bus: 'pci', since: [9, 0] } } },
}
