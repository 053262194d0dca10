import type { SecretReference } from '../domain/devices/disk-source.ts'
import type { SecretVerbs } from '../hypervisor/interface/secrets.ts'

/** Keeps the secrets of a connection. */
export interface SecretDriver extends SecretVerbs {
  /**
   * The value for a guest that is started, private or not.
   *
   * @throws DomainError `ERR_NO_SECRET` where none is known by that name, or it has no value.
   */
  resolve(reference: SecretReference): Promise<Uint8Array>
  /** The connection is closed. */
  close?(): Promise<void>
}
