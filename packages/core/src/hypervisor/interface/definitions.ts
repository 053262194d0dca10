import type { DomainSummary } from '../hypervisor.ts'
import type { ChangeTarget } from './devices.ts'

export interface UndefineOptions {
  /** The managed save goes as well; without this a domain that has one stays. */
  readonly managedSave?: boolean
  /** What is known of its snapshots goes as well; without this a domain that has some stays. */
  readonly snapshotsMetadata?: boolean
  /** Forgets its checkpoints; bitmaps in images stay. */
  readonly checkpointsMetadata?: boolean
  /** The firmware's variables go as well, or are kept: a domain that has some wants to know. */
  readonly nvram?: 'remove' | 'keep'
  /** The state of its TPM goes as well, or is kept; it goes unless the document says `persistent_state`. */
  readonly tpm?: 'remove' | 'keep'
}

export type MetadataType = 'title' | 'description' | 'element'

export interface MetadataOptions extends ChangeTarget {
  /** Namespace of the element, for `element`. */
  readonly uri?: string
  /** Prefix of that namespace in the document. */
  readonly key?: string
}

/** Definitions and what is said about them. */
export interface DefinitionVerbs {
  domainUndefine(reference: string, options?: UndefineOptions): Promise<DomainSummary>
  /** Another name for a domain that is shut off. */
  domainRename(reference: string, name: string): Promise<DomainSummary>
  /**
   * Sets a title, a description, or an element of one's own in `<metadata>` (one for each namespace);
   * an empty text removes it.
   */
  domainSetMetadata(
    reference: string,
    type: MetadataType,
    value: string,
    options?: MetadataOptions,
  ): Promise<void>
  /** @throws DomainError `ERR_NO_DOMAIN_METADATA` where there is none. */
  domainGetMetadata(
    reference: string,
    type: MetadataType,
    options?: MetadataOptions,
  ): Promise<string>
}
