import type { DomainSummary } from '../hypervisor.ts'

/** How far long work is. */
export interface JobProgress {
  /** What is being done: `save`, `restore`, `migrate`, `dump`, `commit`, … */
  readonly kind: string
  readonly processedBytes: number
  readonly remainingBytes: number
  readonly totalBytes: number
  readonly elapsedMs: number
  /** Bytes a second, lately. */
  readonly rateBytes?: number
}

/** Long work that can be watched, and given up: nothing has happened then. */
export interface LongWorkOptions {
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: JobProgress) => void
  /** Is told what may come of it that nobody wishes for, in a sentence; it is done all the same. */
  readonly onWarning?: (warning: string) => void
}

/** Whether the guest runs when it is restored; as it was saved where neither is said. */
export interface ResumeState {
  readonly running?: boolean
  readonly paused?: boolean
}

export interface SaveOptions extends LongWorkOptions, ResumeState {
  /** Another definition to keep in the image. */
  readonly xml?: string
}

export interface RestoreOptions extends LongWorkOptions, ResumeState {
  /** Another definition than that of the image; what the guest sees must be the same. */
  readonly xml?: string
}

export const dumpFormats = ['elf', 'kdump-zlib', 'kdump-lzo', 'kdump-snappy'] as const
export type DumpFormat = (typeof dumpFormats)[number]

export interface CoreDumpOptions extends LongWorkOptions {
  /** `elf`, or one of the compressed ones where QEMU has it. */
  readonly format?: DumpFormat
  /** What becomes of the guest afterwards: it goes on where nothing is said. */
  readonly afterwards?: 'resume' | 'destroy' | 'reset'
  /** The guest runs while it is dumped. */
  readonly live?: boolean
}

/** Guests put away with their memory, and taken up again. */
export interface SaveVerbs {
  /**
   * Writes the guest with its memory into a file and ends it. Killed in the middle, the guest runs on
   * and there is no file; killed at the end, there is the file and no guest.
   */
  domainSave(reference: string, file: string, options?: SaveOptions): Promise<void>
  /** Starts the guest of an image. The image stays. */
  domainRestore(file: string, options?: RestoreOptions): Promise<DomainSummary>
  domainSaveImageGetXml(file: string): Promise<string>
  /** Changes the definition that an image is restored with, and whether it runs then. */
  domainSaveImageDefineXml(file: string, xml: string, options?: ResumeState): Promise<void>
  /** Saves to a file of polyvirt's own, from which the next `domainCreate` goes on. */
  domainManagedSave(reference: string, options?: SaveOptions): Promise<void>
  domainHasManagedSaveImage(reference: string): Promise<boolean>
  domainManagedSaveRemove(reference: string): Promise<void>
  domainManagedSaveGetXml(reference: string): Promise<string>
  domainManagedSaveDefineXml(reference: string, xml: string, options?: ResumeState): Promise<void>
  /** Writes the guest's memory for a debugger. */
  domainCoreDump(reference: string, file: string, options?: CoreDumpOptions): Promise<void>
}
