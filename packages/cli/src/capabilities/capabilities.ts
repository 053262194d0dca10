/** `<capabilities>` as plain data, by libvirt's names; what the document does not say is missing. */
export interface Capabilities {
  readonly host: HostCapabilities
  readonly guests: readonly GuestCapabilities[]
}

export interface HostCapabilities {
  readonly uuid?: string
  readonly cpu: HostCpuCapabilities
  readonly iommu?: boolean
  readonly cells: readonly CellCapabilities[]
  readonly caches: readonly CacheBank[]
}

export interface HostCpuCapabilities {
  readonly arch?: string
  readonly model?: string
  readonly vendor?: string
  /** Attributes of `<microcode>`, `<signature>`, `<counter>`, `<topology>`, `<maxphysaddr>`. */
  readonly microcode?: Attributes
  readonly signature?: Attributes
  readonly counter?: Attributes
  readonly topology?: Attributes
  readonly maxphysaddr?: Attributes
  readonly features: readonly string[]
  readonly pageSizesKiB: readonly number[]
}

export type Attributes = Readonly<Record<string, string>>

export interface CellCapabilities {
  readonly id: number
  readonly memoryKiB?: number
  readonly pages: readonly { readonly sizeKiB: number; readonly count: number }[]
  readonly distances: readonly { readonly id: number; readonly value: number }[]
  readonly cpus: readonly {
    readonly id: number
    readonly socketId?: number
    readonly dieId?: number
    readonly coreId?: number
    readonly siblings?: string
  }[]
}

export interface CacheBank {
  readonly id?: number
  readonly level?: number
  readonly type?: string
  readonly sizeKiB?: number
  readonly cpus?: string
}

/** What guests of one architecture can have. */
export interface GuestCapabilities {
  readonly osType?: string
  readonly arch?: string
  readonly wordsize?: number
  readonly emulator?: string
  readonly machines: readonly {
    readonly name: string
    /** The machine type that this name stands for. */
    readonly canonical?: string
    readonly maxCpus?: number
    readonly deprecated?: boolean
  }[]
  readonly domainTypes: readonly string[]
  /** Attributes of each feature, by its name. */
  readonly features: Readonly<Record<string, Attributes>>
}
