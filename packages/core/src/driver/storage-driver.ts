import type { StorageVerbs } from '../hypervisor/interface/storage.ts'

/** The image behind `<source pool='…' volume='…'/>`. */
export interface ResolvedVolume {
  /** Absolute. */
  readonly path: string
  readonly type: 'file' | 'block' | 'dir'
  /** As QEMU calls it: `raw`, `qcow2`, …; used where the disk's `<driver>` names none. */
  readonly format: string
}

/** Keeps the storage pools of a connection. */
export interface StorageDriver extends StorageVerbs {
  /**
   * @throws DomainError `ERR_NO_STORAGE_POOL` and `ERR_NO_STORAGE_VOL` where there is none,
   * `ERR_OPERATION_INVALID` where the pool is not active: start it with `storagePoolCreate`.
   */
  resolve(pool: string, volume: string): Promise<ResolvedVolume>
  /** The connection is closed. */
  close?(): Promise<void>
}
