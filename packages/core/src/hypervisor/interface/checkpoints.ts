/** One checkpoint of a domain: the moment since which its disks tell what was written. */
export interface CheckpointSummary {
  readonly name: string
  readonly parent?: string
  readonly current: boolean
  readonly description?: string
  /** Milliseconds since the epoch. */
  readonly createdAtMs: number
}

export interface CheckpointOptions {
  /** The guest's file systems are frozen by its agent meanwhile. */
  readonly quiesce?: boolean
  /** Only what is known of one is stored: its bitmaps are in the images already. */
  readonly redefine?: boolean
  /** With `redefine`: QEMU, or qemu-img, is asked whether they are. */
  readonly validate?: boolean
}

export interface CheckpointXmlOptions {
  /** Without the definition of the domain at that moment. */
  readonly noDomain?: boolean
  /** With the bytes that an incremental backup since then would take, of a guest that runs. */
  readonly size?: boolean
  /** With passwords. */
  readonly securityInfo?: boolean
}

export interface DeleteCheckpointOptions {
  /** With all below it. */
  readonly children?: boolean
  /** Only those below it. */
  readonly childrenOnly?: boolean
  /** What is in the images stays; only polyvirt forgets the checkpoint. */
  readonly metadata?: boolean
}

/** Checkpoints are kept in qcow2 images as bitmaps of what is written, from one start to the next. */
export interface CheckpointVerbs {
  /** `xml` is a `<domaincheckpoint>`. The guest must run, and every disk that takes part be qcow2. */
  domainCheckpointCreateXml(
    reference: string,
    xml?: string,
    options?: CheckpointOptions,
  ): Promise<CheckpointSummary>
  /** Oldest first; `parent` makes a tree of them. */
  domainListAllCheckpoints(reference: string): Promise<readonly CheckpointSummary[]>
  /** @throws DomainError `ERR_NO_DOMAIN_CHECKPOINT` */
  domainCheckpointLookup(reference: string, name: string): Promise<CheckpointSummary>
  domainCheckpointGetXmlDesc(
    reference: string,
    name: string,
    options?: CheckpointXmlOptions,
  ): Promise<string>
  domainCheckpointDelete(
    reference: string,
    name: string,
    options?: DeleteCheckpointOptions,
  ): Promise<void>
}
