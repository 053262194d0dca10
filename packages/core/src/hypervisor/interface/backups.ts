import type { LongWorkOptions } from './saving.ts'

export interface BackupOptions extends LongWorkOptions {
  /** A `<domaincheckpoint>` that is made at the same moment, for the next incremental backup. */
  readonly checkpointXml?: string
  /** Target and scratch files are there already, of the right size and format. */
  readonly reuseExternal?: boolean
  /** Returns when a push backup has ended rather than begun. */
  readonly wait?: boolean
}

/**
 * Copies of a running guest's disks as they are at one moment. The guest runs on meanwhile. A domain has
 * one backup job at a time, which QEMU does: nobody needs to be there.
 */
export interface BackupVerbs {
  /**
   * Begins a backup. `xml` is a `<domainbackup>` as libvirt takes it: `push` writes into files or block
   * devices, `pull` serves the disks over NBD until `domainAbortJob`. Without one, all disks are pushed
   * in full, each beside its own image. How far it is: `domainGetJobInfo`.
   */
  domainBackupBegin(reference: string, xml?: string, options?: BackupOptions): Promise<void>
  /** @throws DomainError `ERR_NO_DOMAIN_BACKUP` where none is under way. */
  domainBackupGetXmlDesc(reference: string): Promise<string>
}
