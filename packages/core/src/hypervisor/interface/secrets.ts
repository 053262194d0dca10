import type { Problem } from '../../errors.ts'

/** What libvirt calls `virSecretUsageType`. */
export const secretUsages = ['volume', 'ceph', 'iscsi', 'tls', 'vtpm'] as const
export type SecretUsage = (typeof secretUsages)[number]

/** A secret without its value, in libvirt's words. */
export interface SecretSummary {
  readonly uuid: string
  /** It is kept in no file that outlives the machine's run. */
  readonly ephemeral: boolean
  /** Its value is for guests, and shown to nobody. */
  readonly private: boolean
  readonly description?: string
  /** What it is for; nothing where it is found by its UUID alone. */
  readonly usage?: { readonly type: SecretUsage; readonly id: string }
}

export interface SecretFilter {
  readonly ephemeral?: boolean
  readonly private?: boolean
}

export interface SecretDefineOptions {
  /** Unknown elements and attributes are errors rather than warnings. */
  readonly validate?: boolean
}

export interface SecretDefineResult {
  readonly secret: SecretSummary
  readonly warnings: readonly Problem[]
}

/**
 * Secrets that images are opened with: passphrases of encrypted ones, keys of servers. A secret is
 * named by its UUID; a document of a domain may name its usage instead.
 *
 * Every method rejects with a `DomainError`: `ERR_NO_SECRET` where there is none of that UUID,
 * `ERR_INVALID_SECRET` where its value may not be told, `ERR_NO_SUPPORT` where no package that keeps
 * secrets is installed.
 */
export interface SecretVerbs {
  /** By UUID. */
  secretListAll(filter?: SecretFilter): Promise<readonly SecretSummary[]>
  secretLookup(uuid: string): Promise<SecretSummary>
  /** Stores or replaces what is known of a secret; its value stays. */
  secretDefineXml(xml: string, options?: SecretDefineOptions): Promise<SecretDefineResult>
  secretGetXmlDesc(uuid: string): Promise<string>
  /** At most 64 KiB, as libvirt has it. */
  secretSetValue(uuid: string, value: Uint8Array): Promise<void>
  secretGetValue(uuid: string): Promise<Uint8Array>
  /** Forgets it and its value. Guests that run have been handed it, and keep it. */
  secretUndefine(uuid: string): Promise<void>
}
