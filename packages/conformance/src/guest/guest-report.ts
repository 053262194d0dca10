/**
 * What a guest found inside itself: plain data, in the kernel's own words and units.
 *
 * A member that an architecture does not have is empty or left out, never invented: no `dmi` on a
 * machine without SMBIOS, no `deviceTree` on one without a flattened tree.
 */
export interface GuestReport {
  /** The word the host put on the kernel's command line, `-` if none. */
  readonly nonce: string
  /** Seconds since boot at the end of each of the agent's stages. */
  readonly marks: Readonly<Record<string, number>>
  readonly kernel: GuestKernel
  readonly cpu: GuestCpu
  readonly vcpus: GuestVcpus
  readonly memory: GuestMemory
  readonly nodes: readonly GuestNode[]
  readonly block: readonly GuestBlockDevice[]
  readonly net: readonly GuestNic[]
  readonly pci: readonly GuestPciDevice[]
  readonly vio: readonly GuestVioDevice[]
  readonly ccw: readonly GuestChannelDevice[]
  readonly virtio: readonly GuestVirtioDevice[]
  readonly usb: readonly GuestUsbDevice[]
  readonly scsi: readonly GuestScsiDevice[]
  readonly input: readonly GuestInputDevice[]
  /** `/sys/bus/acpi`: hardware ids (`QEMU0001`), one per device. */
  readonly acpiDevices: readonly string[]
  readonly firmware: GuestFirmware
  /** Serial lines, and hypervisor consoles as far as the kernel tells which exist: `ttyS0`, `hvc0`. */
  readonly serial: readonly string[]
  /** Where kernel messages go, as `/proc/consoles` lists them. */
  readonly consoles: readonly string[]
  /** Names of virtio-serial ports, in order of their port number. */
  readonly virtioPorts: readonly GuestVirtioPort[]
  readonly rng: { readonly current?: string; readonly available: readonly string[] }
  readonly watchdogs: readonly { readonly name: string; readonly identity: string }[]
  readonly clock: GuestClock
  /** Sound cards, frame buffers, TPMs: names of the class devices and where they hang. */
  readonly classes: Readonly<Record<string, readonly GuestClassDevice[]>>
}

export interface GuestKernel {
  readonly release: string
  /** `uname -m`. */
  readonly machine: string
  readonly commandLine: string
  readonly bootId: string
  readonly uptimeSeconds: number
  readonly endian?: 'little' | 'big'
}

export interface GuestCpu {
  /** `model name` or `cpu` of the first processor. */
  readonly model: string
  /** `flags` or `Features` of the first processor. */
  readonly flags: readonly string[]
  /** Processor version register, where the kernel shows one. */
  readonly pvr?: number
  /** Lines of `/proc/cpuinfo` about the first processor. */
  readonly fields: Readonly<Record<string, string>>
  /** Lines of `/proc/cpuinfo` about the machine as a whole. */
  readonly machine: Readonly<Record<string, string>>
}

export interface GuestVcpus {
  readonly online: readonly number[]
  readonly present: readonly number[]
  readonly possible: readonly number[]
  readonly sockets: number
  /** Per socket. */
  readonly cores: number
  /** Per core. */
  readonly threads: number
}

export interface GuestMemory {
  /** What the kernel manages: somewhat less than the guest was given. */
  readonly totalKiB: number
  /** What the firmware handed over, from `/proc/iomem`; 0 where the kernel does not list it. */
  readonly systemRamKiB: number
  readonly hotplugBlockBytes?: number
}

export interface GuestNode {
  readonly id: number
  readonly cpus: readonly number[]
  readonly memoryKiB: number
  readonly distances: readonly number[]
}

/** Where a device hangs: the nearest ancestors of each kind on its path. */
export interface GuestPlace {
  /** Below `/sys/devices`. */
  readonly path: string
  /** `0000:00:03.0` */
  readonly pci?: string
  /** Unit address on the virtual I/O bus: `71000002`. */
  readonly vio?: string
  /** `0.0.0001` */
  readonly ccw?: string
  /** `1-2.1`: bus, then ports. */
  readonly usb?: string
}

export interface GuestBlockDevice extends GuestPlace {
  readonly name: string
  readonly bytes: number
  readonly readOnly: boolean
  readonly removable: boolean
  readonly serial?: string
  readonly wwn?: string
  readonly model?: string
  readonly vendor?: string
  /** Nearest driver on its path: `virtio_blk`, `sd`, `sr`. */
  readonly driver?: string
  readonly logicalBlockBytes: number
  readonly physicalBlockBytes: number
}

export interface GuestNic extends GuestPlace {
  readonly name: string
  readonly mac: string
  readonly mtu: number
  readonly driver?: string
}

export interface GuestPciDevice {
  /** `0000:00:03.0` */
  readonly slot: string
  /** Slot of the bridge or port in front of it; none on a root bus. */
  readonly parent?: string
  readonly vendor: number
  readonly device: number
  readonly subsystemVendor: number
  readonly subsystemDevice: number
  /** Class, subclass and programming interface in one number. */
  readonly class: number
  readonly driver?: string
}

export interface GuestVioDevice {
  /** `71000002` */
  readonly unit: string
  readonly name: string
  /** First word of `compatible`. */
  readonly compatible: string
  readonly driver?: string
}

export interface GuestChannelDevice {
  /** Channel subsystem, subchannel set and device number, as the guest counts: `0.0.0001`. */
  readonly busId: string
  /** Type and model of the control unit: `3832/01`. */
  readonly controlUnit: string
  readonly online: boolean
  readonly driver?: string
}

export interface GuestVirtioDevice extends GuestPlace {
  readonly name: string
  /** Virtio device id: 1 net, 2 block, 3 console, 4 entropy, 5 balloon, 8 scsi, 18 input. */
  readonly device: number
  /** Negotiated feature bits. */
  readonly features: readonly number[]
  readonly driver?: string
}

export interface GuestUsbDevice {
  /** `usb1` for a root hub, else bus and ports: `1-2.1`. */
  readonly name: string
  readonly vendor: number
  readonly product: number
  readonly productName?: string
  readonly serial?: string
  readonly speedMbps: number
  readonly pci?: string
}

export interface GuestScsiDevice extends GuestPlace {
  /** `host:channel:target:lun` */
  readonly address: string
  readonly vendor: string
  readonly model: string
  /** 0 disk, 5 CD-ROM. */
  readonly type: number
  readonly serial?: string
  readonly driver?: string
}

export interface GuestInputDevice extends GuestPlace {
  readonly name: string
  readonly bus: number
  readonly vendor: number
  readonly product: number
}

export interface GuestVirtioPort extends GuestPlace {
  readonly device: string
  readonly name: string
}

export interface GuestClassDevice extends GuestPlace {
  readonly device: string
}

export interface GuestClock {
  /** Seconds since the epoch, as the guest has it. */
  readonly epochSeconds: number
  /** Seconds since the epoch, as its hardware clock has it, taken as UTC. */
  readonly rtcSeconds?: number
  readonly source: string
  readonly available: readonly string[]
}

export interface GuestFirmware {
  readonly efi: boolean
  readonly acpiTables: readonly string[]
  /** `sys_vendor`, `product_uuid`, …: files of `/sys/class/dmi/id`. */
  readonly dmi?: Readonly<Record<string, string>>
  readonly deviceTree?: GuestDeviceTree
}

export interface GuestDeviceTree {
  readonly model: string
  readonly compatible: readonly string[]
  /** `/chosen`: kernel parameters, and the node that is the console. */
  readonly bootArguments?: string
  readonly stdoutPath?: string
  /** Properties of the root that a hypervisor adds: `vm,uuid`, `host-serial`, `ibm,partition-name`. */
  readonly root: Readonly<Record<string, string>>
  /** Names of the root's children, and of the virtual I/O bus's: `l-lan@71000002`. */
  readonly nodes: readonly string[]
  readonly vdevices: readonly string[]
}
