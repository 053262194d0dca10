/** A model that an architecture may offer, by the ways that QEMU has to attach it. */
export interface DeviceCandidate {
  /** Row of the allow-list. */
  readonly row: string
  /** libvirt's model, target type or bus. */
  readonly model: string
  /** QEMU's device types; a model that lacks a way does not have it. */
  readonly pci?: string
  readonly mmio?: string
  /** Where it does not hang on the board: on the bus of another row's device, or on none. */
  readonly other?: { readonly driver?: string; readonly bus: string; readonly needs?: string }
  /** Serial ports of the board: as many as it has. */
  readonly ports?: boolean
  /** A program of the host reaches into the guest's memory. */
  readonly sharesMemory?: boolean
}

const virtio = (row: string, model: string, device: string): DeviceCandidate => ({
  row,
  model,
  pci: `virtio-${device}-pci`,
  mmio: `virtio-${device}-device`,
})

const pci = (row: string, model: string, driver: string): DeviceCandidate => ({
  row,
  model,
  pci: driver,
})

const usb = (row: string, model: string, driver: string): DeviceCandidate => ({
  row,
  model,
  other: { driver, bus: 'usb', needs: 'controller:usb' },
})

const none = (row: string, model: string): DeviceCandidate => ({
  row,
  model,
  other: { bus: 'none' },
})

/**
 * Models of libvirt with the device types that QEMU has for them, in the order of a row's preference.
 * What an emulator and a board have of it is offered to the author; nothing here is claimed for them.
 */
export const deviceCandidates: readonly DeviceCandidate[] = [
  virtio('disk', 'virtio', 'blk'),
  { row: 'disk', model: 'scsi', other: { bus: 'drive', needs: 'controller:scsi' } },
  usb('disk', 'usb', 'usb-storage'),
  none('controller:pci', 'pci-root'),
  none('controller:pci', 'pcie-root'),
  pci('controller:pci', 'pcie-root-port', 'pcie-root-port'),
  pci('controller:pci', 'pcie-to-pci-bridge', 'pcie-pci-bridge'),
  pci('controller:pci', 'pci-bridge', 'pci-bridge'),
  pci('controller:usb', 'qemu-xhci', 'qemu-xhci'),
  pci('controller:usb', 'nec-xhci', 'nec-usb-xhci'),
  pci('controller:usb', 'pci-ohci', 'pci-ohci'),
  none('controller:usb', 'none'),
  virtio('controller:scsi', 'virtio-scsi', 'scsi'),
  virtio('controller:virtio-serial', '', 'serial'),
  virtio('controller:virtio-serial', 'virtio', 'serial'),
  virtio('interface', 'virtio', 'net'),
  pci('interface', 'e1000', 'e1000'),
  pci('interface', 'rtl8139', 'rtl8139'),
  pci('interface', 'tulip', 'tulip'),
  { ...none('serial', 'system-serial'), ports: true },
  pci('serial', 'pci-serial', 'pci-serial'),
  usb('serial', 'usb-serial', 'usb-serial'),
  none('console', 'serial'),
  {
    row: 'console',
    model: 'virtio',
    other: { driver: 'virtconsole', bus: 'virtio-serial', needs: 'controller:virtio-serial' },
  },
  {
    row: 'channel',
    model: 'virtio',
    other: { driver: 'virtserialport', bus: 'virtio-serial', needs: 'controller:virtio-serial' },
  },
  usb('input', 'usb:keyboard', 'usb-kbd'),
  usb('input', 'usb:tablet', 'usb-tablet'),
  usb('input', 'usb:mouse', 'usb-mouse'),
  virtio('input', 'virtio:keyboard', 'keyboard'),
  virtio('input', 'virtio:tablet', 'tablet'),
  virtio('input', 'virtio:mouse', 'mouse'),
  virtio('memballoon', 'virtio', 'balloon'),
  none('memballoon', 'none'),
  virtio('rng', 'virtio', 'rng'),
  virtio('filesystem', 'path', '9p'),
  {
    row: 'filesystem',
    model: 'virtiofs',
    pci: 'vhost-user-fs-pci',
    mmio: 'vhost-user-fs-device',
    sharesMemory: true,
  },
  { row: 'vsock', model: 'virtio', pci: 'vhost-vsock-pci', mmio: 'vhost-vsock-device' },
  virtio('video', 'virtio', 'gpu'),
  pci('video', 'vga', 'VGA'),
  none('video', 'none'),
  { row: 'graphics', model: 'vnc', other: { bus: 'none', needs: 'video' } },
]
