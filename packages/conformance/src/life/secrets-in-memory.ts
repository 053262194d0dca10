import { domainError, readXml } from '@polyvirt/core/driver'
import type { OpenDriver, SecretDriver, SecretSummary } from '@polyvirt/core/driver'

interface Secret {
  readonly summary: SecretSummary
  readonly xml: string
  readonly value?: Uint8Array
}

/**
 * Secrets of one guest of the suite, by their UUIDs, and gone with it. The package that keeps a user's is tested
 * with the architectures, which are tested with this suite: neither can be needed by the other.
 */
export function secretsInMemory(): OpenDriver<SecretDriver> {
  const secrets = new Map<string, Secret>()
  const need = (uuid = ''): Secret => {
    const found = secrets.get(uuid)
    if (found !== undefined) return found
    throw domainError('ERR_NO_SECRET', `no secret with matching uuid '${uuid}'`)
  }
  const valueOf = (uuid = ''): Uint8Array => {
    const { value } = need(uuid)
    if (value !== undefined) return value
    throw domainError('ERR_NO_SECRET', `secret '${uuid}' does not have a value`)
  }
  return async () => ({
    secretListAll: async () => [...secrets.values()].map(({ summary }) => summary),
    secretLookup: async (uuid) => need(uuid).summary,
    secretGetXmlDesc: async (uuid) => need(uuid).xml,
    secretGetValue: async (uuid) => valueOf(uuid),
    async secretDefineXml(xml) {
      const uuid = readXml(xml).children.find(({ name }) => name === 'uuid')?.text ?? ''
      const secret: SecretSummary = { uuid, ephemeral: true, private: true }
      secrets.set(uuid, { ...secrets.get(uuid), summary: secret, xml })
      return { secret, warnings: [] }
    },
    secretSetValue: async (uuid, value) => void secrets.set(uuid, { ...need(uuid), value }),
    secretUndefine: async (uuid) => void (need(uuid) && secrets.delete(uuid)),
    resolve: async ({ uuid }) => valueOf(uuid),
  })
}
