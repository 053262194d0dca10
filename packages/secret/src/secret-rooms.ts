import { domainError, quote } from '@polyvirt/core/driver'
import type { DriverContext, StoredDocument } from '@polyvirt/core/driver'
import { readSecret, usageId } from './secret-document.ts'
import type { Secret, Usage } from './secret-document.ts'
import { secretValues } from './secret-values.ts'
import type { SecretValues } from './secret-values.ts'

/** A secret that is known, and its document. */
export interface KnownSecret {
  readonly uuid: string
  readonly secret: Secret
  readonly xml: string
}

/** What every verb works with. */
export interface SecretRooms {
  readonly context: DriverContext
  readonly values: SecretValues
  all(): readonly KnownSecret[]
  /** @throws DomainError `ERR_NO_SECRET`, or `ERR_INVALID_ARG` for what is no UUID. */
  lookup(uuid: string): KnownSecret
  find(uuid: string): KnownSecret | undefined
  /** The secret that is for this; no two are for the same. */
  findUsage(usage: { readonly type: string; readonly id: string }): KnownSecret | undefined
}

/** Secrets have no names; the store keeps them by what they are for, so that no two are for one thing. */
export function nameOf(uuid: string, usage: Usage | undefined): string {
  return usage === undefined ? uuid : `${usage.type} ${usageId(usage)}`
}

export function secretRooms(context: DriverContext): SecretRooms {
  const { documents } = context
  const find: SecretRooms['find'] = (uuid) => {
    const document = documents.find(uuid)
    return document?.uuid === uuid.toLowerCase() ? known(document) : undefined
  }
  return {
    context,
    values: secretValues(context),
    all: () =>
      documents
        .list()
        .map(known)
        .toSorted((a, b) => (a.uuid < b.uuid ? -1 : 1)),
    find,
    lookup(uuid) {
      const found = find(uuid)
      if (found !== undefined) return found
      if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(uuid)) {
        const message = `${quote(uuid)} is not a UUID, by which secrets are named; secret-list shows them`
        throw domainError('ERR_INVALID_ARG', message)
      }
      throw domainError('ERR_NO_SECRET', `no secret with matching uuid ${quote(uuid)}`)
    },
    findUsage({ type, id }) {
      const name = `${type} ${id}`
      const document = documents.find(name)
      return document?.name === name ? known(document) : undefined
    },
  }
}

/** An ephemeral one lives as what is active does: until the machine goes down. */
function known({ uuid, xml, liveXml }: StoredDocument): KnownSecret {
  const document = xml ?? liveXml ?? ''
  return { uuid, secret: readSecret(document).value, xml: document }
}
