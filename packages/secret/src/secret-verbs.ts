import { domainError, freshUuid, quote } from '@polyvirt/core/driver'
import type { SecretSummary, SecretVerbs } from '@polyvirt/core/driver'
import { formatSecret, readSecret, usageId } from './secret-document.ts'
import type { Secret } from './secret-document.ts'
import { nameOf } from './secret-rooms.ts'
import type { KnownSecret, SecretRooms } from './secret-rooms.ts'
import { maxValueBytes } from './secret-values.ts'

export function secretVerbs(rooms: SecretRooms): SecretVerbs {
  const { context, values } = rooms
  /** Holds a secret, and hands over how it is then. */
  const hold = <T>(
    reference: string,
    kind: string,
    work: (known: KnownSecret) => Promise<T>,
  ): Promise<T> => {
    const { uuid } = rooms.lookup(reference)
    return context.hold(uuid, kind, () => work(rooms.lookup(uuid)))
  }
  return {
    async secretListAll({ ephemeral, private: isPrivate } = {}) {
      return rooms
        .all()
        .map(secretSummary)
        .filter(
          (one) =>
            (ephemeral ?? one.ephemeral) === one.ephemeral &&
            (isPrivate ?? one.private) === one.private,
        )
    },

    async secretLookup(uuid) {
      return secretSummary(rooms.lookup(uuid))
    },

    async secretDefineXml(source, options) {
      const { value, warnings } = readSecret(source, options)
      const uuid = value.uuid ?? freshUuid()
      return context.hold(uuid, 'define', async () => {
        const before = rooms.find(uuid)
        refuseOther(rooms, { ...value, uuid }, before?.secret)
        // A value that is still there is of one that was forgotten.
        if (before === undefined) await values.remove(uuid)
        store(rooms, { ...value, uuid })
        await values.settle((one) => ephemeralOf(rooms, one))
        return { secret: secretSummary(rooms.lookup(uuid)), warnings }
      })
    },

    async secretGetXmlDesc(uuid) {
      return rooms.lookup(uuid).xml
    },

    secretSetValue: (reference, value) =>
      hold(reference, 'set-value', async ({ uuid, secret }) => {
        if (value.length === 0)
          throw domainError('ERR_INVALID_ARG', 'the value of a secret is not empty')
        if (value.length > maxValueBytes) {
          const message = `the value has ${value.length} bytes; at most ${maxValueBytes} are kept`
          throw domainError('ERR_INVALID_ARG', message)
        }
        await values.write(uuid, value, secret.ephemeral === true)
        context.documents.tell(uuid, 'value-changed')
      }),

    async secretGetValue(reference) {
      const { uuid, secret } = rooms.lookup(reference)
      if (secret.private === true) throw domainError('ERR_INVALID_SECRET', 'secret is private')
      return valueOf(rooms, uuid)
    },

    secretUndefine: (reference) =>
      hold(reference, 'undefine', async ({ uuid }) => {
        // Without its document a value is nobody's, and goes when the driver is opened next.
        forget(rooms, uuid)
        await values.remove(uuid)
      }),
  }
}

/** @throws DomainError `ERR_NO_SECRET` where none was given yet. */
export async function valueOf({ values }: SecretRooms, uuid: string): Promise<Uint8Array> {
  const value = await values.read(uuid)
  if (value !== undefined) return value
  const message = `secret '${uuid}' does not have a value; give it one with secret-set-value`
  throw domainError('ERR_NO_SECRET', message)
}

/** Nothing where there is no such secret. */
export function ephemeralOf(rooms: SecretRooms, uuid: string): boolean | undefined {
  const known = rooms.find(uuid)
  return known === undefined ? undefined : known.secret.ephemeral === true
}

/** What is for one thing stays for it, and what was private stays so: libvirt's rules. */
function refuseOther(rooms: SecretRooms, secret: Secret, before: Secret | undefined): void {
  const refuse = (message: string): never => {
    throw domainError('ERR_OPERATION_FAILED', message, { root: 'secret', path: 'usage' })
  }
  const { usage, uuid = '' } = secret
  const id = usage === undefined ? undefined : usageId(usage)
  const other = usage && rooms.findUsage({ type: usage.type, id: id ?? '' })
  if (other !== undefined && other.uuid !== uuid)
    refuse(`a secret with UUID ${other.uuid} already defined for use with ${quote(id ?? '', 200)}`)
  if (before === undefined) return
  const known = before.usage
  if (nameOf(uuid, known) !== nameOf(uuid, usage)) {
    const what = known === undefined ? 'nothing' : quote(usageId(known), 200)
    refuse(`a secret with UUID ${uuid} is already defined for use with ${what}`)
  }
  if (before.private === true && secret.private !== true)
    refuse('cannot change private flag on existing secret')
}

function store({ context: { documents } }: SecretRooms, secret: Secret): void {
  const { uuid = '', usage, ephemeral } = secret
  const document = { uuid, name: nameOf(uuid, usage) }
  const xml = formatSecret(secret)
  const known = documents.find(uuid)
  if (ephemeral !== true) {
    documents.put({ ...document, xml })
    documents.setActive(uuid, undefined, { tells: null })
  } else if (known === undefined)
    documents.putTransient({ ...document, liveXml: xml }, { tells: 'defined' })
  else {
    documents.setActive(uuid, { liveXml: xml }, { tells: 'defined' })
    if (known.persistent) documents.remove(uuid, { tells: null })
  }
}

function forget({ context: { documents } }: SecretRooms, uuid: string): void {
  if (documents.lookup(uuid).persistent) documents.remove(uuid)
  else documents.setActive(uuid, undefined, { tells: 'undefined' })
}

export function secretSummary({ uuid, secret }: KnownSecret): SecretSummary {
  const { ephemeral = false, private: isPrivate = false, description, usage } = secret
  return {
    uuid,
    ephemeral,
    private: isPrivate,
    ...(description !== undefined && { description }),
    ...(usage && { usage: { type: usage.type, id: usageId(usage) } }),
  }
}
