import type { Problem } from '../../errors.ts'
import type { LongWorkOptions } from './saving.ts'

/** libvirt's `virStoragePoolState`, in the words virsh prints. */
export type StoragePoolState = 'inactive' | 'building' | 'running' | 'degraded' | 'inaccessible'

/** A storage pool, in libvirt's words. */
export interface StoragePoolSummary {
  readonly name: string
  readonly uuid: string
  /** `dir`, `logical`, `rbd`, … */
  readonly type: string
  readonly state: StoragePoolState
  readonly active: boolean
  readonly persistent: boolean
  readonly autostart: boolean
  /** As it was last refreshed; 0 while it is inactive. */
  readonly capacityBytes: number
  readonly allocationBytes: number
  readonly availableBytes: number
}

export interface StoragePoolFilter {
  readonly active?: boolean
  readonly persistent?: boolean
  readonly autostart?: boolean
  readonly types?: readonly string[]
}

export interface StorageDefineOptions {
  /** Unknown elements and attributes are errors rather than warnings. */
  readonly validate?: boolean
}

export interface StoragePoolDefineResult {
  readonly pool: StoragePoolSummary
  readonly warnings: readonly Problem[]
}

export interface StoragePoolBuildOptions {
  /** What is there already is overwritten. */
  readonly overwrite?: boolean
  /** Nothing is built where something is there already; that is an error then. */
  readonly noOverwrite?: boolean
}

/** A volume: by the pool it is in and its name there, or by its path on the host. */
export type VolumeReference =
  | { readonly pool: string; readonly name: string }
  | { readonly path: string }

/** A volume, in libvirt's words. */
export interface StorageVolumeSummary {
  readonly name: string
  readonly pool: string
  /** Names the volume for good; a file's is its path. */
  readonly key: string
  readonly path: string
  readonly type: 'file' | 'block' | 'dir' | 'network'
  readonly format?: string
  readonly capacityBytes: number
  readonly allocationBytes: number
  /** Size of the file itself, where there is one. */
  readonly physicalBytes?: number
}

export interface VolumeCreateOptions extends LongWorkOptions, StorageDefineOptions {
  /** All its space is taken at once for a format that grows (qcow2). */
  readonly preallocateMetadata?: boolean
  /** The copy shares the original's blocks where the file system can. */
  readonly reflink?: boolean
}

export interface VolumeCreateResult {
  readonly volume: StorageVolumeSummary
  readonly warnings: readonly Problem[]
}

export interface VolumeResizeOptions {
  /** The new space is taken at once. */
  readonly allocate?: boolean
  /** `capacity` is added to what it has; taken away with `shrink`. */
  readonly delta?: boolean
  /** Without this a volume never becomes smaller. */
  readonly shrink?: boolean
}

/** Algorithms of `virStorageVolWipeAlgorithm`. */
export const wipeAlgorithms = [
  'zero',
  'nnsa',
  'dod',
  'bsi',
  'gutmann',
  'schneier',
  'pfitzner7',
  'pfitzner33',
  'random',
  'trim',
] as const
export type WipeAlgorithm = (typeof wipeAlgorithms)[number]

/** A part of a volume's bytes; all of them where neither is said. */
export interface VolumeRange extends LongWorkOptions {
  readonly offset?: number
  readonly length?: number
}

/**
 * Storage pools and the volumes in them. A pool is named by its name or its UUID.
 *
 * Every method rejects with a `DomainError`: `ERR_NO_STORAGE_POOL` and `ERR_NO_STORAGE_VOL` where
 * there is none of that name, `ERR_OPERATION_INVALID` where it is not in the state for it,
 * `ERR_NO_SUPPORT` where no package that keeps pools is installed.
 */
export interface StorageVerbs {
  /** Which pools there are here, as libvirt's `<storagepoolCapabilities>`. */
  connectGetStoragePoolCapabilities(): Promise<string>
  /** By name. */
  storagePoolListAll(filter?: StoragePoolFilter): Promise<readonly StoragePoolSummary[]>
  storagePoolLookup(reference: string): Promise<StoragePoolSummary>
  /** The active pool that has this path in it. */
  storagePoolLookupByTargetPath(path: string): Promise<StoragePoolSummary>
  storagePoolDefineXml(
    xml: string,
    options?: StorageDefineOptions,
  ): Promise<StoragePoolDefineResult>
  /** Starts a transient pool, which is forgotten when it is stopped. */
  storagePoolCreateXml(
    xml: string,
    options?: StorageDefineOptions & StoragePoolBuildOptions & { readonly build?: boolean },
  ): Promise<StoragePoolDefineResult>
  /** Makes what the pool stands on: a directory, a file system. */
  storagePoolBuild(reference: string, options?: StoragePoolBuildOptions): Promise<void>
  /** Starts a defined pool. */
  storagePoolCreate(
    reference: string,
    options?: StoragePoolBuildOptions & { readonly build?: boolean },
  ): Promise<StoragePoolSummary>
  /** Stops it; what is in it stays. */
  storagePoolDestroy(reference: string): Promise<void>
  /** Removes what an inactive pool stands on. */
  storagePoolDelete(reference: string): Promise<void>
  storagePoolUndefine(reference: string): Promise<void>
  /** Looks again at what is in it. */
  storagePoolRefresh(reference: string): Promise<void>
  storagePoolGetXmlDesc(
    reference: string,
    options?: { readonly inactive?: boolean },
  ): Promise<string>
  storagePoolSetAutostart(reference: string, autostart: boolean): Promise<void>

  /** By name. */
  storageVolListAll(pool: string): Promise<readonly StorageVolumeSummary[]>
  storageVolLookup(volume: VolumeReference): Promise<StorageVolumeSummary>
  storageVolGetXmlDesc(volume: VolumeReference): Promise<string>
  storageVolCreateXml(
    pool: string,
    xml: string,
    options?: VolumeCreateOptions,
  ): Promise<VolumeCreateResult>
  /** A copy of a volume, of this pool or another, as a new one with this document. */
  storageVolCreateXmlFrom(
    pool: string,
    xml: string,
    options: VolumeCreateOptions & { readonly original: VolumeReference },
  ): Promise<VolumeCreateResult>
  storageVolDelete(volume: VolumeReference): Promise<void>
  storageVolResize(
    volume: VolumeReference,
    capacityBytes: number,
    options?: VolumeResizeOptions,
  ): Promise<void>
  storageVolWipe(
    volume: VolumeReference,
    options?: LongWorkOptions & { readonly algorithm?: WipeAlgorithm },
  ): Promise<void>
  /** Writes bytes into a volume, as they come. What was written when it fails stays written. */
  storageVolUpload(
    volume: VolumeReference,
    data: AsyncIterable<Uint8Array>,
    options?: VolumeRange,
  ): Promise<void>
  /** Reads bytes of a volume, as they are taken. */
  storageVolDownload(volume: VolumeReference, options?: VolumeRange): AsyncIterable<Uint8Array>
}
