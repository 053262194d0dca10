import type { DocumentStore } from '../store/documents.ts'
import type { JobDetail } from '../store/rows.ts'
import type { NetworkDriver } from './network-driver.ts'
import type { SecretDriver } from './secret-driver.ts'
import type { StorageDriver } from './storage-driver.ts'

/** What a driver is given: where to keep things, and how to change one at a time. */
export interface DriverContext {
  /** Networks for a network driver, pools for a storage driver, secrets for a secret driver. */
  readonly documents: DocumentStore
  /** A private folder of the driver's own (0700), made before it is opened; outlives a reboot. */
  readonly libDir: string
  /** The same for sockets and pid files: emptied by a reboot. */
  readonly runDir: string
  /**
   * Holds one document, across all processes, while `work` changes it. Where whoever held it before
   * died over it, `work` is told how far they came and repairs that first.
   *
   * @throws DomainError `ERR_RESOURCE_BUSY` where a live process holds it, with its pid, its work,
   * its phase and how long.
   */
  hold<T>(uuid: string, kind: string, work: (held: HeldDocument) => Promise<T>): Promise<T>
}

/** A document that this process holds. */
export interface HeldDocument {
  /** What the holder before died over. */
  readonly interrupted?: {
    readonly kind: string
    readonly phase: string
    readonly detail: JobDetail
  }
  /** Recorded before the step that follows, for whoever comes after a killed process. */
  setPhase(phase: string, detail?: JobDetail): void
}

/** Opens a driver for one connection; called once, when it is first needed. */
export type OpenDriver<T> = (context: DriverContext) => Promise<T>

/** The drivers of a connection, beside the hypervisor. */
export interface Drivers {
  readonly network?: OpenDriver<NetworkDriver>
  readonly storage?: OpenDriver<StorageDriver>
  readonly secret?: OpenDriver<SecretDriver>
}
