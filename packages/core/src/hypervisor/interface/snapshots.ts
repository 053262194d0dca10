import type { LongWorkOptions } from './saving.ts'

export interface SnapshotOptions extends LongWorkOptions {
  /** Only the disks: the memory of a guest that runs is not kept. */
  readonly diskOnly?: boolean
  /** The guest's file systems are frozen by its agent meanwhile. */
  readonly quiesce?: boolean
  /** The guest is ended once its state is kept. */
  readonly halt?: boolean
  /** With memory in a file: the guest runs on until all of it but a rest is written. */
  readonly live?: boolean
  /** New images are there already. */
  readonly reuseExternal?: boolean
  /** Only what is known of one is stored: its images are there already. */
  readonly redefine?: boolean
  /** With `redefine`: it becomes the current one. */
  readonly current?: boolean
  /** The images are switched, and no snapshot is remembered. */
  readonly noMetadata?: boolean
}

/** One snapshot of a domain. */
export interface SnapshotSummary {
  readonly name: string
  readonly parent?: string
  readonly current: boolean
  /** State of the guest that is kept: `running`, `paused`, `shutoff`, or `disk-snapshot`. */
  readonly state: string
  /** In the images themselves, or in files of their own. */
  readonly location: 'internal' | 'external'
  readonly description?: string
  /** Milliseconds since the epoch. */
  readonly createdAtMs: number
}

export interface RevertOptions extends LongWorkOptions {
  readonly running?: boolean
  readonly paused?: boolean
  /** A guest that runs is ended without being asked, and memory that was put away is given up. */
  readonly force?: boolean
}

export interface DeleteSnapshotOptions {
  /** With all below it. */
  readonly children?: boolean
  /** Only those below it. */
  readonly childrenOnly?: boolean
  /** What is in images and files stays; only polyvirt forgets the snapshot. */
  readonly metadata?: boolean
}

/** States of a domain that it can go back to: a tree, whose current one is the state it came from. */
export interface SnapshotVerbs {
  /**
   * Keeps the domain's state. `xml` is a `<domainsnapshot>` as libvirt takes it (`name`,
   * `description`, `memory snapshot= file=`, `disks/disk name= snapshot= source`). Without disks in
   * it: internal where every disk is qcow2 and nothing says otherwise, else external. All disks are
   * switched in one step, or none.
   */
  domainSnapshotCreateXml(
    reference: string,
    xml?: string,
    options?: SnapshotOptions,
  ): Promise<SnapshotSummary>
  /** Oldest first; `parent` makes a tree of them. */
  domainListAllSnapshots(reference: string): Promise<readonly SnapshotSummary[]>
  domainSnapshotLookup(reference: string, name: string): Promise<SnapshotSummary>
  /** @throws DomainError `ERR_NO_DOMAIN_SNAPSHOT` where there is none. */
  domainSnapshotCurrent(reference: string): Promise<SnapshotSummary>
  domainSnapshotGetXmlDesc(reference: string, name: string): Promise<string>
  /** Takes the domain back. */
  domainRevertToSnapshot(reference: string, name: string, options?: RevertOptions): Promise<void>
  domainSnapshotDelete(
    reference: string,
    name: string,
    options?: DeleteSnapshotOptions,
  ): Promise<void>
}
