import type { NpmPackage } from './npm-package.ts'

/**
 * What a guest image is made of: everything that differs from one guest architecture to another.
 *
 * An architecture's package, or its tests, may hand one in; {@link debianGuests} knows the
 * architectures that Debian builds.
 */
export interface GuestRecipe {
  /** Debian's name of the architecture, as `dpkg --print-architecture` prints it. */
  readonly debianArch: string
  /** The suite that builds it, where the machine's own sources are of one that does not: `trixie`. */
  readonly suite?: string
  /** A kernel package, or the meta package that depends on the newest one. */
  readonly kernelPackage: string
  /** Drivers that only this architecture's machines need, beside {@link commonModules}. */
  readonly modules?: readonly string[]
  /** The kernel's name of the machine's first serial line, where it is neither `ttyS0` nor `hvc0`. */
  readonly console?: string
  /** CPU model for documents that name none, where the kernel does not run on the machine's own default. */
  readonly cpu?: string
  /** Parameters without which the kernel does not come up on the machine. */
  readonly parameters?: readonly string[]
  /** The kernel is lost without ACPI: it is turned on for documents that do not speak of it. */
  readonly acpi?: boolean
  /** UEFI, where the kernel finds its devices by what that tells. */
  readonly firmware?: GuestFirmwarePackage
  /** A package with `bin/node` for this architecture, for guests that run JavaScript. */
  readonly node?: NpmPackage
  /** What of user space the machine's hotplug cannot do without. */
  readonly tools?: readonly GuestTool[]
}

/** A program of a package, with the libraries that it needs. */
export interface GuestTool {
  readonly package: string
  /** Path in the package, without a leading slash. */
  readonly program: string
  /** Further files of the package that the program reads. */
  readonly files?: readonly string[]
}

/** A package with firmware for a board's two flash chips. */
export interface GuestFirmwarePackage {
  readonly package: string
  /** Path of the program in the package, without a leading slash. */
  readonly code: string
  /** Path of an empty store of variables. */
  readonly variables: string
}

/**
 * Drivers for every device the suite may give a guest. Those that a kernel does not have, or has
 * built in, are passed over, so this list names no architecture.
 */
export const commonModules: readonly string[] = [
  'virtio_pci',
  'virtio_mmio',
  'virtio_blk',
  'virtio_net',
  'virtio_scsi',
  'virtio_console',
  'virtio_rng',
  'virtio_balloon',
  'virtio_input',
  'sd_mod',
  'sr_mod',
  'isofs',
  'ahci',
  'nvme',
  'sym53c8xx',
  'xhci_pci',
  'ehci_pci',
  'uhci_hcd',
  'ohci_pci',
  'usbhid',
  'hid_generic',
  'usb_storage',
  'evdev',
  'e1000',
  'e1000e',
  '8139cp',
  'i6300esb',
  'pvpanic_pci',
  'qemu_fw_cfg',
  'virtio_gpu',
  'bochs',
  'virtio_mem',
  'virtio_pmem',
  'vmw_vsock_virtio_transport',
  'tpm_tis',
  'tpm_crb',
  'tpm_ibmvtpm',
  '9p',
  '9pnet_virtio',
  'virtiofs',
]
