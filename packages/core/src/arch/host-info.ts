import type { CpuData } from './cpu-driver.ts'

/** The only keyhole through which a host reader sees a machine: a recorded folder fits as well. */
export interface HostFiles {
  /** The file's bytes, or `undefined` when it is missing or unreadable. Never throws. */
  read(path: string): Uint8Array | undefined
  /** Names in a folder, sorted; empty when it is missing. */
  list(path: string): readonly string[]
}

/**
 * What an architecture finds out about the machine it stands on.
 *
 * Every file it comes from may be missing, cut off or nonsense: what is not known is left out, and
 * {@link HostInfo.warnings} says what could not be understood.
 */
export interface HostInfo {
  /** libvirt's name of the host's architecture. */
  readonly arch: string
  readonly cpu: HostCpu
  readonly topology: HostTopology
  readonly memoryKiB: number
  /** Sizes of memory pages, base page first, in KiB. */
  readonly pageSizesKiB: readonly number[]
  readonly cells: readonly HostCell[]
  readonly firmware: HostFirmware
  /** Numbers of the CPUs that exist, rising; online or not. */
  readonly presentCpus?: readonly number[]
  /** Those of them that the kernel schedules on. */
  readonly onlineCpus?: readonly number[]
  readonly caches?: readonly HostCache[]
  readonly sysinfo?: HostSysinfo
  readonly virtualization?: HostVirtualization
  /** What the architecture knows beyond these words, for a person: name and value. */
  readonly facts?: readonly (readonly [name: string, value: string])[]
  readonly warnings?: readonly string[]
}

export interface HostCpu {
  /** The driver's own name for it, when it knows the CPU. */
  readonly model?: string
  readonly vendor?: string
  /** The processor as the kernel calls it. */
  readonly description?: string
  /** By libvirt's names. */
  readonly features: readonly string[]
  /** What the processor says of itself, by the CPU driver's names. */
  readonly registers?: CpuData
  /** 0 when the kernel does not tell. */
  readonly mhz: number
  readonly microcode?: number
  /** Numbers of the processor's family, where there are such. */
  readonly signature?: {
    readonly family: number
    readonly model: number
    readonly stepping: number
  }
  /** How wide physical addresses are. */
  readonly physicalAddressBits?: number
  /** The guest-visible counter: libvirt's `<counter name='tsc'>`. */
  readonly counter?: {
    readonly name: string
    readonly frequencyHz: number
    readonly scaling?: boolean
  }
}

/** libvirt's node topology: NUMA nodes, sockets per node, dies per socket, cores per die, threads. */
export interface HostTopology {
  /** Online CPUs, as a guest could use them. */
  readonly cpus: number
  readonly nodes: number
  readonly sockets: number
  /** 1 when missing. */
  readonly dies?: number
  readonly cores: number
  readonly threads: number
}

export interface HostCell {
  readonly id: number
  readonly memoryKiB: number
  /** Online CPUs of the node. */
  readonly cpus: readonly number[]
  /** Where each of them sits, in the order of {@link cpus}. */
  readonly threads?: readonly HostThread[]
  /** Pages of each size, base page first. */
  readonly pages?: readonly { readonly sizeKiB: number; readonly count: number }[]
  /** ACPI's or the device tree's distances to all cells: 10 is local. */
  readonly distances?: readonly { readonly id: number; readonly value: number }[]
}

/** One hardware thread. */
export interface HostThread {
  readonly id: number
  readonly socketId: number
  readonly dieId: number
  readonly coreId: number
  /** CPUs of the same core, itself included. */
  readonly siblings: readonly number[]
}

/** A cache that CPUs share. */
export interface HostCache {
  readonly id: number
  readonly level: number
  readonly type: 'both' | 'code' | 'data'
  readonly sizeKiB: number
  readonly cpus: readonly number[]
}

/** Firmware's description of the machine: SMBIOS strings, device tree strings, or nothing. */
export interface HostFirmware {
  readonly kind: 'smbios' | 'device-tree' | 'none'
  readonly manufacturer?: string
  readonly product?: string
  readonly version?: string
  readonly serial?: string
  readonly uuid?: string
}

/**
 * `<sysinfo type='smbios'>` of the host. Each block holds entries by libvirt's names
 * (`manufacturer`, `serial`), in libvirt's order.
 */
export interface HostSysinfo {
  readonly bios?: SysinfoBlock
  readonly system?: SysinfoBlock
  readonly baseBoards?: readonly SysinfoBlock[]
  readonly chassis?: SysinfoBlock
  readonly processors?: readonly SysinfoBlock[]
  readonly memoryDevices?: readonly SysinfoBlock[]
  readonly oemStrings?: readonly string[]
}

export type SysinfoBlock = readonly (readonly [name: string, value: string])[]

/** What this machine is to the guests it could run, and what it may be a guest of. */
export interface HostVirtualization {
  /** Modules of KVM that are loaded or built in: `kvm_intel`, `kvm_hv`. */
  readonly modules: readonly string[]
  /** Guests may themselves be hosts. */
  readonly nested?: boolean
  /** Who runs this machine, when it is a guest itself: `KVM`, `PowerVM`. */
  readonly guestOf?: string
  /** Ways to keep guests from the host's eyes, by name: `sev`, `sgx`, `tdx`, `pef`. */
  readonly secure?: readonly string[]
  /** There is an IOMMU with groups, so that devices can be assigned. */
  readonly iommu?: boolean
}

/** One thing `doctor` tells. */
export interface HostFinding {
  readonly level: 'ok' | 'note' | 'warning' | 'problem'
  /** What it is about, in a word or two: `KVM`, `SMT`. */
  readonly topic: string
  /** One or two sentences for a person. */
  readonly message: string
  /** What to type to mend it. */
  readonly command?: string
}

/** Reads the host. Called only on a machine whose `uname -m` is one of the architecture's own. */
export interface HostInfoReader {
  /** `uname -m` values that this reader understands. */
  readonly machines: readonly string[]
  /** Never throws, whatever the files hold. */
  read(files: HostFiles): HostInfo
  /**
   * Files and folders that the reader looks at beyond those of every Linux, for a recording;
   * a folder stands for all in it.
   */
  readonly paths?: readonly string[]
  /** Files of {@link paths} that name this very machine (serial numbers, UUIDs), with stand-ins. */
  anonymize?(path: string, bytes: Uint8Array): Uint8Array
  /** What a person should know of this host before guests run on it. */
  diagnose?(host: HostInfo, files: HostFiles): readonly HostFinding[]
}
