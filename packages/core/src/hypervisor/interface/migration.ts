import type { JobProgress, LongWorkOptions } from './saving.ts'
import type { DomainSummary, MigrationVerdict } from '../hypervisor.ts'

export interface MigrateOptions extends LongWorkOptions {
  /** The guest runs meanwhile; without this it stands still. */
  readonly live?: boolean
  /** The guest is paused when it has arrived. */
  readonly suspend?: boolean
  /** The definition is stored at the destination. */
  readonly persistent?: boolean
  /** The definition goes from here. */
  readonly undefineSource?: boolean
  /** Moves only the definition of a domain that is shut off. */
  readonly offline?: boolean
  /** Another name at the destination. */
  readonly name?: string
  /** Another definition there; what the guest sees must be the same. */
  readonly xml?: string
  /** Bytes a second; no limit where missing. */
  readonly bandwidthBytes?: number
  /** How long the guest may stand still at the end; QEMU's 300 ms. */
  readonly downtimeMs?: number
  /**
   * How the two QEMUs talk: a unix socket, or TCP on loopback. Where nothing is said, TCP with TLS or
   * where the two are different users, and else a socket.
   */
  readonly transport?: 'unix' | 'tcp'
  /** What they say is encrypted, and each shows a certificate of {@link MigrateOptions.tlsDir}. */
  readonly tls?: boolean
  /**
   * Folder of `ca-cert.pem`, `server-cert.pem`, `server-key.pem`, `client-cert.pem` and
   * `client-key.pem`; `/etc/pki/qemu` where missing. QEMU's user reads it.
   */
  readonly tlsDir?: string
  /** The name in the destination's certificate; `localhost` where missing. */
  readonly tlsHostname?: string
  /**
   * The disks go too, over NBD: all of them, or (`inc`) only their top images, where the destination has
   * the ones below. `xml` names where: images that are not there are made.
   */
  readonly copyStorage?: 'all' | 'inc'
  /** Disks that go with {@link MigrateOptions.copyStorage}, by target; all that are written where missing. */
  readonly migrateDisks?: readonly string[]
  /**
   * The guest may go on there before all of its memory has come: when it is told to
   * ({@link MigrationVerbs.domainMigrateStartPostCopy}), or by itself after the first pass. From then on
   * it cannot come back, and is lost where one of the two QEMUs is.
   */
  readonly postcopy?: 'when-told' | 'after-precopy'
  /**
   * Moves a guest whose disks may not be safely shared (caches of the host), and lets one run on while it is
   * sent although its QEMU loses what it writes meanwhile.
   */
  readonly unsafe?: boolean
}

/** What is being done with a domain, and by whom. */
export interface DomainJobInfo {
  /** `start`, `save`, `migrate`, `attach-device`, … */
  readonly kind: string
  readonly phase: string
  readonly ownerPid: number
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number
  /** How far it is, where QEMU is sending the guest. */
  readonly progress?: JobProgress
  /** libvirt's word for what QEMU does on, whether anybody is there or not: `Backup`. */
  readonly operation?: string
  /** What a pull backup has put aside of what the guest has overwritten, and may put. */
  readonly temporaryBytes?: { readonly used: number; readonly total: number }
  /** Why a job that has ended was none. */
  readonly error?: string
}

/**
 * Guests moved to another root of polyvirt on this machine. At the end, and after any failure or
 * death on the way, exactly one of the two runs.
 */
export interface MigrationVerbs {
  /**
   * Moves a running guest to the hypervisor at `destination` (`qemu:///embed?root=DIR`). What stands
   * in the way is said before anything begins.
   */
  domainMigrate(
    reference: string,
    destination: string,
    options?: MigrateOptions,
  ): Promise<DomainSummary>
  /** Could it move there? {@link MigrationVerbs.domainMigrate} asks the same first. */
  domainCanMigrate(reference: string, destination: string): Promise<MigrationVerdict>
  /** Changes the limits of a migration that is under way. */
  domainMigrateSetSpeed(reference: string, bandwidthBytes: number): Promise<void>
  domainMigrateSetMaxDowntime(reference: string, downtimeMs: number): Promise<void>
  /**
   * A migration with `postcopy` that is under way goes over now.
   *
   * @throws DomainError `ERR_OPERATION_INVALID` where none is.
   */
  domainMigrateStartPostCopy(reference: string): Promise<void>
  /** The job that holds the domain; nothing where none does. Waits for nobody. */
  domainGetJobInfo(
    reference: string,
    options?: {
      /** The last one that has ended, in place of the one that runs. */
      readonly completed?: boolean
    },
  ): Promise<DomainJobInfo | undefined>
  /**
   * Gives up the migration, save or dump of a domain, whoever does it: nothing has happened then.
   */
  domainAbortJob(reference: string): Promise<void>
}
