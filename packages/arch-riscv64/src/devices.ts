import { alsoOnMmio, displayRows, pciModels, pciRows, portRows, usbRows } from '@polyvirt/core/arch'
import type { DeviceAllowList } from '@polyvirt/core/arch'

// qemu-system-riscv64 has no `pxb-pcie`, in no version.
const { 'pcie-expander-bus': _absent, ...pciControllers } = pciModels.expressControllers

const attached: DeviceAllowList = alsoOnMmio({
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
      am53c974: { driver: 'am53c974', bus: 'pci' },
      dc390: { driver: 'dc390', bus: 'pci' },
    },
  },
  'controller:sata': { models: { '': { driver: 'ahci', type: 'ich9-ahci', bus: 'pci' } } },
  'controller:virtio-serial': { models: pciModels.virtioSerial },
  'controller:ccid': { models: { '': { driver: 'usb-ccid', bus: 'usb' } } },
  interface: {
    default: ['virtio'],
    models: {
      ...pciModels.cards,
      i82550: { driver: 'i82550', bus: 'pci' },
      i82551: { driver: 'i82551', bus: 'pci' },
      i82557b: { driver: 'i82557b', bus: 'pci' },
      i82559er: { driver: 'i82559er', bus: 'pci' },
    },
  },
  serial: {
    default: ['system-serial'],
    models: {
      'system-serial': { bus: 'none', modelName: '16550a' },
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
  sound: { models: { ...pciModels.sound, usb: { driver: 'usb-audio', bus: 'usb' } } },
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
  watchdog: { models: { i6300esb: { driver: 'i6300esb', bus: 'pci' } } },
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
