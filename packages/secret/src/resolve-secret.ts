import { domainError, quote, secretUsages } from '@polyvirt/core/driver'
import type { SecretReference } from '@polyvirt/core/driver'
import type { KnownSecret, SecretRooms } from './secret-rooms.ts'
import { valueOf } from './secret-verbs.ts'

/** The value behind a document's `<secret>`, which names a UUID or a usage. */
export async function resolveSecret(
  rooms: SecretRooms,
  reference: SecretReference,
): Promise<Uint8Array> {
  const { uuid } = knownFor(rooms, reference)
  return valueOf(rooms, uuid)
}

function knownFor(rooms: SecretRooms, { type, uuid, usage }: SecretReference): KnownSecret {
  // What an image is opened with is for a volume; servers' and TPMs' are called alike in both.
  const wanted = type === 'passphrase' ? 'volume' : type
  const found =
    uuid !== undefined
      ? rooms.find(uuid)
      : usage !== undefined && wanted !== undefined
        ? rooms.findUsage({ type: wanted, id: usage })
        : undefined
  if (found === undefined) {
    const name = uuid === undefined ? `usage ${quote(usage ?? '', 200)}` : `uuid ${quote(uuid)}`
    const way = 'define it with secret-define, and give it a value with secret-set-value'
    throw domainError('ERR_NO_SECRET', `no secret with matching ${name}; ${way}`)
  }
  const known = secretUsages.find((one) => one === wanted)
  const own = found.secret.usage?.type
  if (known !== undefined && own !== undefined && own !== known) {
    const message = `secret '${found.uuid}' is for ${quote(own)}, and here one for ${quote(known)} is needed`
    throw domainError('ERR_CONFIG_UNSUPPORTED', message)
  }
  return found
}
