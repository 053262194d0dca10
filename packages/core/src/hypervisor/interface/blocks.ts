import type { LongWorkOptions } from './saving.ts'

/** Work inside QEMU on a disk: it goes on whether anybody looks or not. */
export interface BlockJobInfo {
  readonly disk: string
  readonly type: 'pull' | 'copy' | 'commit' | 'active-commit'
  readonly processedBytes: number
  readonly totalBytes: number
  /** Bytes a second; 0 for no limit. */
  readonly speedBytes: number
  /** `ready` waits for a pivot or an abort; `concluded` has ended and is to be taken note of. */
  readonly status: 'running' | 'ready' | 'paused' | 'concluded'
  /** Why it failed. */
  readonly error?: string
}

export interface BlockJobOptions extends LongWorkOptions {
  /** Bytes a second. */
  readonly speedBytes?: number
  /** Returns when the job has ended rather than begun. */
  readonly wait?: boolean
  /** Where it would be ready and wait: goes over to the new image, or stays on the old one. */
  readonly whenReady?: 'pivot' | 'finish'
}

export interface BlockCommitOptions extends BlockJobOptions {
  /** The image that takes the writes; the lowest of the chain where missing. By path. */
  readonly base?: string
  /** The image whose writes go down; the one in use where missing. By path. */
  readonly top?: string
}

export interface BlockCopyOptions extends BlockJobOptions {
  /** Format of the copy; that of the source. */
  readonly format?: string
  /** The file is there already, and large enough. */
  readonly reuseExternal?: boolean
  /** Only what the top image has; what is below it is shared. */
  readonly shallow?: boolean
  /** In how large pieces it is kept in mind what has changed: a power of two from 512 to 64 MiB. QEMU's choice. */
  readonly granularityBytes?: number
  /** How much may be on its way at once; QEMU's choice. */
  readonly bufferBytes?: number
  /** A write of the guest is done when it is in both, so that the copy cannot fall behind. */
  readonly synchronousWrites?: boolean
}

/** The images of disks, changed while the guest runs. */
export interface BlockVerbs {
  /** Fills the disk's image from those below it, until it stands alone, or on `base`. */
  domainBlockPull(
    reference: string,
    disk: string,
    options?: BlockJobOptions & { readonly base?: string },
  ): Promise<void>
  /** Writes what an image holds into one below it. */
  domainBlockCommit(reference: string, disk: string, options?: BlockCommitOptions): Promise<void>
  /** Mirrors the disk into a new file, which it may go over to. */
  domainBlockCopy(
    reference: string,
    disk: string,
    destination: string,
    options?: BlockCopyOptions,
  ): Promise<void>
  /** The disk's job; nothing where it has none. One that has ended is told once. */
  domainGetBlockJobInfo(reference: string, disk: string): Promise<BlockJobInfo | undefined>
  /** Ends a job: gives up what was done, or (`pivot`) goes over to the new image. */
  domainBlockJobAbort(
    reference: string,
    disk: string,
    options?: { readonly pivot?: boolean },
  ): Promise<void>
  domainBlockJobSetSpeed(reference: string, disk: string, speedBytes: number): Promise<void>
  /**
   * Asks to be told (`block-threshold`) once the guest has written an image beyond this many bytes; 0
   * takes it back. `disk` is a target, or one of its images by its number: `vda[2]`.
   */
  domainSetBlockThreshold(reference: string, disk: string, thresholdBytes: number): Promise<void>
  /** Makes a disk larger, while the guest runs. */
  domainBlockResize(reference: string, disk: string, sizeBytes: number): Promise<void>
}
