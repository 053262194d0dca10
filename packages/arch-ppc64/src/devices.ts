import { displayRows, pciRows, usbRows } from '@polyvirt/core/arch'
import type { DeviceAllowList } from '@polyvirt/core/arch'

/**
 * What pseries guests may have: virtio and PCI devices, the sPAPR virtual I/O devices, USB.
 * No ISA bus, no IDE, no floppy, no i8042 (QEMU hw/ppc/spapr.c).
 */
export const devices: DeviceAllowList = {
  ...pciRows,
  ...usbRows,
  ...displayRows,
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
    models: {
      'qemu-xhci': { driver: 'qemu-xhci', bus: 'pci' },
      'nec-xhci': { driver: 'nec-usb-xhci', bus: 'pci' },
      'pci-ohci': { driver: 'pci-ohci', bus: 'pci' },
      ehci: { driver: 'usb-ehci', bus: 'pci' },
      'piix3-uhci': { driver: 'piix3-usb-uhci', bus: 'pci' },
      'piix4-uhci': { driver: 'piix4-usb-uhci', bus: 'pci' },
      'ich9-ehci1': { driver: 'ich9-usb-ehci1', bus: 'pci' },
      'ich9-uhci1': { driver: 'ich9-usb-uhci1', bus: 'pci' },
      'ich9-uhci2': { driver: 'ich9-usb-uhci2', bus: 'pci' },
      'ich9-uhci3': { driver: 'ich9-usb-uhci3', bus: 'pci' },
      none: { bus: 'none' },
    },
  },
  'controller:scsi': {
    default: ['ibmvscsi', 'virtio-scsi'],
    models: {
      ibmvscsi: { driver: 'spapr-vscsi', bus: 'spapr-vio' },
      'virtio-scsi': { driver: 'virtio-scsi-pci', bus: 'pci' },
      lsilogic: { driver: 'lsi', type: 'lsi53c895a', bus: 'pci' },
      lsisas1068: { driver: 'mptsas1068', bus: 'pci' },
      lsisas1078: { driver: 'megasas', bus: 'pci' },
      vmpvscsi: { driver: 'pvscsi', bus: 'pci' },
    },
  },
  'controller:sata': { models: { '': { driver: 'ahci', type: 'ich9-ahci', bus: 'pci' } } },
  'controller:virtio-serial': {
    models: {
      '': { driver: 'virtio-serial-pci', bus: 'pci' },
      virtio: { driver: 'virtio-serial-pci', bus: 'pci' },
    },
  },
  'controller:ccid': { models: { '': { driver: 'usb-ccid', bus: 'usb' } } },
  interface: {
    default: ['rtl8139', 'e1000', 'virtio'],
    models: {
      virtio: { driver: 'virtio-net-pci', bus: 'pci' },
      'spapr-vlan': { driver: 'spapr-vlan', bus: 'spapr-vio' },
      e1000: { driver: 'e1000', bus: 'pci' },
      e1000e: { driver: 'e1000e', bus: 'pci' },
      'e1000-82544gc': { driver: 'e1000-82544gc', bus: 'pci' },
      'e1000-82545em': { driver: 'e1000-82545em', bus: 'pci' },
      igb: { driver: 'igb', bus: 'pci' },
      rtl8139: { driver: 'rtl8139', bus: 'pci' },
      ne2k_pci: { driver: 'ne2k_pci', bus: 'pci' },
      pcnet: { driver: 'pcnet', bus: 'pci' },
      vmxnet3: { driver: 'vmxnet3', bus: 'pci' },
      tulip: { driver: 'tulip', bus: 'pci' },
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
  console: {
    models: {
      serial: { bus: 'none' },
      virtio: { driver: 'virtconsole', bus: 'virtio-serial' },
    },
  },
  channel: {
    models: {
      virtio: { driver: 'virtserialport', bus: 'virtio-serial' },
      guestfwd: { bus: 'none' },
    },
  },
  input: {
    default: ['usb:mouse', 'usb:keyboard', 'usb:tablet'],
    models: {
      'usb:mouse': { driver: 'usb-mouse', bus: 'usb' },
      'usb:tablet': { driver: 'usb-tablet', bus: 'usb' },
      'usb:keyboard': { driver: 'usb-kbd', bus: 'usb' },
      'virtio:mouse': { driver: 'virtio-mouse-pci', bus: 'pci' },
      'virtio:tablet': { driver: 'virtio-tablet-pci', bus: 'pci' },
      'virtio:keyboard': { driver: 'virtio-keyboard-pci', bus: 'pci' },
      'virtio:passthrough': { driver: 'virtio-input-host-pci', bus: 'pci' },
      'none:evdev': { bus: 'none' },
    },
  },
  sound: {
    models: {
      ich6: { driver: 'intel-hda', bus: 'pci' },
      ich9: { driver: 'ich9-intel-hda', bus: 'pci' },
      ac97: { driver: 'AC97', bus: 'pci' },
      es1370: { driver: 'ES1370', bus: 'pci' },
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
