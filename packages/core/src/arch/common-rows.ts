import type { DeviceAllowList } from './device-allow-list.ts'

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
