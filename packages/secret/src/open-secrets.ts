import type { OpenDriver, SecretDriver } from '@polyvirt/core/driver'
import { resolveSecret } from './resolve-secret.ts'
import { secretRooms } from './secret-rooms.ts'
import { ephemeralOf, secretVerbs } from './secret-verbs.ts'

/**
 * Opens the secret driver of a connection.
 *
 * ```ts
 * openHypervisor(uri, { registry, drivers: { secret: openSecrets } })
 * ```
 */
export const openSecrets: OpenDriver<SecretDriver> = async (context) => {
  const rooms = secretRooms(context)
  // What a killed command left behind, and what was for the machine's last run.
  await rooms.values.settle((uuid) => ephemeralOf(rooms, uuid))
  return {
    ...secretVerbs(rooms),
    resolve: (reference) => resolveSecret(rooms, reference),
  }
}
