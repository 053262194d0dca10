import type { DeviceAllowList, DeviceModel } from './device-allow-list.ts'

/**
 * Rows that every machine with a PCI bus and USB has alike. An architecture spreads them into its
 * own list, so that what all share is written once; one without PCI leaves them out.
 */
export const pciRows: DeviceAllowList = {
  filesystem: {
    models: {
      path: { driver: 'virtio-9p-pci', bus: 'pci' },
      virtiofs: { driver: 'vhost-user-fs-pci', bus: 'pci' },
    },
  },
  hostdev: {
    models: {
      pci: { driver: 'vfio-pci', bus: 'pci' },
      usb: { driver: 'usb-host', bus: 'usb' },
      scsi: { driver: 'scsi-generic', bus: 'drive' },
      scsi_host: { driver: 'vhost-scsi-pci', bus: 'pci' },
      mdev: { driver: 'vfio-pci', bus: 'pci' },
    },
  },
  memballoon: {
    models: { virtio: { driver: 'virtio-balloon-pci', bus: 'pci' }, none: { bus: 'none' } },
  },
  rng: { models: { virtio: { driver: 'virtio-rng-pci', bus: 'pci' } } },
  shmem: {
    default: ['ivshmem-plain'],
    models: {
      'ivshmem-plain': { driver: 'ivshmem-plain', bus: 'pci' },
      'ivshmem-doorbell': { driver: 'ivshmem-doorbell', bus: 'pci' },
    },
  },
  vsock: { default: ['virtio'], models: { virtio: { driver: 'vhost-vsock-pci', bus: 'pci' } } },
  crypto: { models: { virtio: { driver: 'virtio-crypto-pci', bus: 'pci' } } },
}

/** What plugs into a USB port, or into a reader that does. */
export const usbRows: DeviceAllowList = {
  hub: { models: { usb: { driver: 'usb-hub', bus: 'usb' } } },
  redirdev: { models: { usb: { driver: 'usb-redir', bus: 'usb' } } },
  smartcard: {
    models: {
      host: { driver: 'ccid-card-emulated', bus: 'ccid' },
      'host-certificates': { driver: 'ccid-card-emulated', bus: 'ccid' },
      passthrough: { driver: 'ccid-card-passthru', bus: 'ccid' },
    },
  },
}

/** Displays: they are the host's, so every machine with a video card has them alike. */
export const displayRows: DeviceAllowList = {
  graphics: {
    models: {
      vnc: { bus: 'none' },
      spice: { bus: 'none' },
      sdl: { bus: 'none' },
      dbus: { bus: 'none' },
      'egl-headless': { bus: 'none' },
    },
  },
}

type Models = Readonly<Record<string, DeviceModel>>

const onPci = (drivers: Readonly<Record<string, string>>): Models =>
  Object.fromEntries(
    Object.entries(drivers).map(([name, driver]) => [name, { driver, bus: 'pci' } as const]),
  )

/**
 * Models that plug into any PCI bus, by QEMU's names for libvirt's. Which of them is the default, and
 * what else there is, differs from machine to machine, so an architecture spreads them into rows of
 * its own.
 */
export const pciModels: {
  readonly usbControllers: Models
  readonly scsiControllers: Models
  readonly amdScsiControllers: Models
  readonly virtioSerial: Models
  readonly cards: Models
  readonly eepro100Cards: Models
  readonly sound: Models
  readonly virtioInputs: Models
  readonly usbInputs: Models
  /** What a PCI Express root grows by, and what may hang below. */
  readonly expressControllers: Models
} = {
  usbControllers: {
    ...onPci({
      'piix3-uhci': 'piix3-usb-uhci',
      'piix4-uhci': 'piix4-usb-uhci',
      ehci: 'usb-ehci',
      'ich9-ehci1': 'ich9-usb-ehci1',
      'ich9-uhci1': 'ich9-usb-uhci1',
      'ich9-uhci2': 'ich9-usb-uhci2',
      'ich9-uhci3': 'ich9-usb-uhci3',
      'pci-ohci': 'pci-ohci',
      'nec-xhci': 'nec-usb-xhci',
      'qemu-xhci': 'qemu-xhci',
    }),
    none: { bus: 'none' },
  },
  scsiControllers: {
    'virtio-scsi': { driver: 'virtio-scsi-pci', bus: 'pci' },
    lsilogic: { driver: 'lsi', type: 'lsi53c895a', bus: 'pci' },
    ...onPci({ lsisas1068: 'mptsas1068', lsisas1078: 'megasas', vmpvscsi: 'pvscsi' }),
  },
  amdScsiControllers: onPci({ am53c974: 'am53c974', dc390: 'dc390' }),
  virtioSerial: onPci({ '': 'virtio-serial-pci', virtio: 'virtio-serial-pci' }),
  cards: onPci({
    virtio: 'virtio-net-pci',
    // QEMU's own names, which libvirt hands over as they are and guides have told people to write.
    'virtio-net-pci': 'virtio-net-pci',
    'virtio-net': 'virtio-net-pci',
    e1000: 'e1000',
    e1000e: 'e1000e',
    'e1000-82544gc': 'e1000-82544gc',
    'e1000-82545em': 'e1000-82545em',
    igb: 'igb',
    rtl8139: 'rtl8139',
    ne2k_pci: 'ne2k_pci',
    pcnet: 'pcnet',
    vmxnet3: 'vmxnet3',
    tulip: 'tulip',
  }),
  eepro100Cards: onPci({
    i82550: 'i82550',
    i82551: 'i82551',
    i82557b: 'i82557b',
    i82559er: 'i82559er',
  }),
  sound: onPci({ ich6: 'intel-hda', ich9: 'ich9-intel-hda', ac97: 'AC97', es1370: 'ES1370' }),
  virtioInputs: onPci({
    'virtio:mouse': 'virtio-mouse-pci',
    'virtio:tablet': 'virtio-tablet-pci',
    'virtio:keyboard': 'virtio-keyboard-pci',
    'virtio:passthrough': 'virtio-input-host-pci',
  }),
  usbInputs: {
    'usb:mouse': { driver: 'usb-mouse', bus: 'usb' },
    'usb:tablet': { driver: 'usb-tablet', bus: 'usb' },
    'usb:keyboard': { driver: 'usb-kbd', bus: 'usb' },
  },
  expressControllers: {
    'pcie-root': { bus: 'none' },
    ...onPci({
      'pci-bridge': 'pci-bridge',
      'dmi-to-pci-bridge': 'i82801b11-bridge',
      'pcie-to-pci-bridge': 'pcie-pci-bridge',
      'pcie-root-port': 'pcie-root-port',
      'pcie-switch-upstream-port': 'x3130-upstream',
      'pcie-switch-downstream-port': 'xio3130-downstream',
      'pcie-expander-bus': 'pxb-pcie',
    }),
  },
}

/** Ports of a guest's own: what speaks virtio-serial, and the console that a serial port is. */
export const portRows: DeviceAllowList = {
  console: {
    models: { serial: { bus: 'none' }, virtio: { driver: 'virtconsole', bus: 'virtio-serial' } },
  },
  channel: {
    models: {
      virtio: { driver: 'virtserialport', bus: 'virtio-serial' },
      guestfwd: { bus: 'none' },
    },
  },
}

/** What machines have alike that have PCI and USB and none of a PC's older buses. */
export const boardRows: DeviceAllowList = {
  disk: {
    models: {
      virtio: { driver: 'virtio-blk-pci', bus: 'pci' },
      scsi: { bus: 'drive' },
      sata: { bus: 'drive' },
      usb: { driver: 'usb-storage', bus: 'usb' },
    },
  },
  'controller:sata': { models: { '': { driver: 'ahci', type: 'ich9-ahci', bus: 'pci' } } },
  'controller:virtio-serial': { models: pciModels.virtioSerial },
  'controller:ccid': { models: { '': { driver: 'usb-ccid', bus: 'usb' } } },
  input: {
    default: ['usb:mouse', 'usb:keyboard', 'usb:tablet'],
    models: { ...pciModels.usbInputs, ...pciModels.virtioInputs, 'none:evdev': { bus: 'none' } },
  },
  sound: { models: { ...pciModels.sound, usb: { driver: 'usb-audio', bus: 'usb' } } },
  watchdog: { models: { i6300esb: { driver: 'i6300esb', bus: 'pci' } } },
}
