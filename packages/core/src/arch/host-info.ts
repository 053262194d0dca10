/** The only keyhole through which a host reader sees a machine: a recorded folder fits as well. */
export interface HostFiles {
  /** The file's bytes, or `undefined` when it is missing or unreadable. Never throws. */
  read(path: string): Uint8Array | undefined
  /** Names in a folder, sorted; empty when it is missing. */
  list(path: string): readonly string[]
}

/** What an architecture finds out about the machine it stands on. */
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
}

export interface HostCpu {
  /** The driver's own name for it, when it knows the CPU. */
  readonly model?: string
  readonly vendor?: string
  /** The processor as the kernel calls it. */
  readonly description?: string
  readonly features: readonly string[]
  /** Processor version register, where the family has one. */
  readonly pvr?: number
  /** 0 when the kernel does not tell. */
  readonly mhz: number
}

/** libvirt's node topology: sockets per NUMA node, cores per socket, threads per core. */
export interface HostTopology {
  readonly cpus: number
  readonly nodes: number
  readonly sockets: number
  readonly cores: number
  readonly threads: number
}

export interface HostCell {
  readonly id: number
  readonly memoryKiB: number
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

/** Reads the host. Called only on a machine whose `uname -m` is one of the architecture's own. */
export interface HostInfoReader {
  /** `uname -m` values that this reader understands. */
  readonly machines: readonly string[]
  read(files: HostFiles): HostInfo
}
