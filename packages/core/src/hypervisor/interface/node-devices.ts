/**
 * What a device of the host can be, in libvirt's words. All are names that a list may be asked for; those of hardware
 * that is not looked for are of no device.
 */
export const nodeDeviceCapabilities = [
  'system',
  'pci',
  'usb_device',
  'usb',
  'net',
  'scsi_host',
  'scsi_target',
  'scsi',
  'storage',
  'fc_host',
  'vports',
  'scsi_generic',
  'drm',
  'mdev_types',
  'mdev',
  'ccw',
  'css',
  'vdpa',
  'ap_card',
  'ap_queue',
  'ap_matrix',
  'vpd',
] as const

export type NodeDeviceCapability = (typeof nodeDeviceCapabilities)[number]

/** A device of the host. */
export interface NodeDevice {
  /** libvirt's name of it: `pci_0000_01_00_0`. */
  readonly name: string
  /** The device that it is behind; only the machine itself has none. */
  readonly parent?: string
  /** Where the kernel has it: `/sys/devices/…`. */
  readonly path?: string
  readonly capabilities: readonly NodeDeviceCapability[]
  /** The driver that has it. */
  readonly driver?: string
  /** Of a PCI device: those that an IOMMU cannot tell from it have the same number. */
  readonly iommuGroup?: number
  /** The domain that has it, where that is one of this connection. */
  readonly domain?: string
}

export interface NodeDeviceFilter {
  /** Devices that are one of these. */
  readonly capabilities?: readonly NodeDeviceCapability[]
}

/** Devices of the host, as its kernel has them at this moment. */
export interface NodeDeviceVerbs {
  /** All of them, by name. */
  nodeDeviceListAll(filter?: NodeDeviceFilter): Promise<readonly NodeDevice[]>
  /** @throws DomainError `ERR_NO_NODE_DEVICE`. */
  nodeDeviceLookup(name: string): Promise<NodeDevice>
  /** `<device>` in libvirt's format. */
  nodeDeviceGetXmlDesc(name: string): Promise<string>
  /**
   * Takes a PCI device from its driver and gives it to the one that passes it on to guests, until it is
   * {@link nodeDeviceReAttach attached again}. A guest's `managed='yes'` does the same for as long as it runs.
   *
   * @param options `driver`: 'vfio', the only one there is.
   * @throws DomainError `ERR_OPERATION_INVALID` where a guest has it, by its name.
   */
  nodeDeviceDetach(name: string, options?: { readonly driver?: string }): Promise<void>
  /** Gives a PCI device back to the driver of the host that takes it. */
  nodeDeviceReAttach(name: string): Promise<void>
  /** Brings a PCI device to where it is after power-on, in the way that the kernel knows. */
  nodeDeviceReset(name: string): Promise<void>
}
