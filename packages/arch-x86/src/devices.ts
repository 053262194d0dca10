import { displayRows, pciModels, pciRows, portRows, usbRows } from '@polyvirt/core/arch'
import type { DeviceAllowList } from '@polyvirt/core/arch'

/** What x86 guests may have, and what QEMU calls it. `pc` is the i440FX machine. */
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
      ide: { bus: 'drive', machines: ['pc'] },
      usb: { driver: 'usb-storage', bus: 'usb' },
      fdc: { driver: 'floppy', bus: 'drive' },
    },
  },
  'controller:pci': {
    models: {
      'pci-root': { bus: 'none', machines: ['pc'] },
      'pcie-root': { bus: 'none', machines: ['q35'] },
      'pci-bridge': { driver: 'pci-bridge', bus: 'pci' },
      'pci-expander-bus': { driver: 'pxb', bus: 'pci', machines: ['pc'] },
      'dmi-to-pci-bridge': { driver: 'i82801b11-bridge', bus: 'pci', machines: ['q35'] },
      'pcie-to-pci-bridge': { driver: 'pcie-pci-bridge', bus: 'pci', machines: ['q35'] },
      'pcie-root-port': { driver: 'pcie-root-port', bus: 'pci', machines: ['q35'] },
      'pcie-switch-upstream-port': { driver: 'x3130-upstream', bus: 'pci', machines: ['q35'] },
      'pcie-switch-downstream-port': {
        driver: 'xio3130-downstream',
        bus: 'pci',
        machines: ['q35'],
      },
      'pcie-expander-bus': { driver: 'pxb-pcie', bus: 'pci', machines: ['q35'] },
    },
  },
  'controller:usb': { default: ['piix3-uhci'], models: pciModels.usbControllers },
  'controller:scsi': {
    default: ['lsilogic', 'virtio-scsi'],
    models: {
      ...pciModels.scsiControllers,
      ...pciModels.amdScsiControllers,
    },
  },
  'controller:sata': { models: { '': { driver: 'ahci', type: 'ich9-ahci', bus: 'pci' } } },
  'controller:ide': {
    models: {
      '': { bus: 'pci', driver: 'piix3-ide', machines: ['pc'], max: 1 },
      piix3: { bus: 'pci', driver: 'piix3-ide', machines: ['pc'], max: 1 },
    },
  },
  'controller:fdc': {
    models: { '': { bus: 'none', driver: 'isa-fdc', builtIn: ['pc'] } },
  },
  'controller:virtio-serial': { models: pciModels.virtioSerial },
  'controller:ccid': { models: { '': { driver: 'usb-ccid', bus: 'usb' } } },
  interface: {
    default: ['rtl8139', 'e1000', 'virtio'],
    models: { ...pciModels.cards, ...pciModels.eepro100Cards },
  },
  serial: {
    default: ['isa-serial'],
    models: {
      // MAX_ISA_SERIAL_PORTS (include/hw/char/serial.h).
      'isa-serial': { driver: 'isa-serial', bus: 'isa', max: 4 },
      'usb-serial': { driver: 'usb-serial', bus: 'usb' },
      'pci-serial': { driver: 'pci-serial', bus: 'pci' },
      'isa-debug': { driver: 'isa-debugcon', bus: 'isa' },
    },
  },
  // MAX_PARALLEL_PORTS (include/hw/char/parallel.h).
  parallel: { models: { parallel: { driver: 'isa-parallel', bus: 'isa', max: 3 } } },
  input: {
    default: ['ps2:mouse', 'ps2:keyboard', 'usb:tablet'],
    models: {
      'ps2:mouse': { bus: 'none' },
      'ps2:keyboard': { bus: 'none' },
      ...pciModels.usbInputs,
      ...pciModels.virtioInputs,
      'none:evdev': { bus: 'none' },
    },
  },
  sound: {
    models: {
      ...pciModels.sound,
      sb16: { driver: 'sb16', bus: 'isa' },
      usb: { driver: 'usb-audio', bus: 'usb' },
    },
  },
  video: {
    default: ['cirrus', 'vga'],
    models: {
      vga: { driver: 'VGA', bus: 'pci' },
      cirrus: { driver: 'cirrus-vga', bus: 'pci' },
      vmvga: { driver: 'vmware-svga', bus: 'pci' },
      qxl: { driver: 'qxl-vga', secondary: 'qxl', bus: 'pci' },
      virtio: { driver: 'virtio-vga', secondary: 'virtio-gpu-pci', bus: 'pci' },
      bochs: { driver: 'bochs-display', bus: 'pci' },
      ramfb: { driver: 'ramfb', bus: 'none' },
      none: { bus: 'none' },
    },
  },
  watchdog: {
    models: {
      i6300esb: { driver: 'i6300esb', bus: 'pci' },
      ib700: { driver: 'ib700', bus: 'isa' },
      // Every ICH9 has one, which counts down and does nothing (hw/isa/lpc_ich9.c).
      itco: {
        bus: 'none',
        globals: { 'ICH9-LPC.noreboot': 'off' },
        machines: ['q35'],
        max: 1,
      },
    },
  },
  panic: {
    default: ['isa'],
    models: {
      isa: { driver: 'pvpanic', bus: 'isa' },
      hyperv: { bus: 'none' },
    },
  },
  tpm: {
    default: ['tpm-tis'],
    models: {
      'tpm-tis': { driver: 'tpm-tis', bus: 'none', versions: ['1.2', '2.0'] },
      'tpm-crb': { driver: 'tpm-crb', bus: 'none', versions: ['2.0'] },
    },
  },
  memory: {
    models: {
      dimm: { driver: 'pc-dimm', bus: 'dimm' },
      nvdimm: { driver: 'nvdimm', bus: 'dimm' },
      'virtio-mem': { driver: 'virtio-mem-pci', bus: 'pci' },
      'virtio-pmem': { driver: 'virtio-pmem-pci', bus: 'pci' },
      'sgx-epc': { bus: 'none' },
    },
  },
  iommu: {
    models: {
      intel: { driver: 'intel-iommu', bus: 'none', machines: ['q35'] },
      virtio: {
        driver: 'virtio-iommu-pci',
        type: 'virtio-iommu-pci',
        bus: 'pci',
        machines: ['q35'],
      },
    },
  },
}
