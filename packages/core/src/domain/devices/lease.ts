import { integer, nonEmpty, originField, required, text } from '../../xml/fields.ts'
import type { Origin, XmlFields } from '../../xml/fields.ts'

/** A lock that a lock manager holds for the guest while it runs. */
export interface Lease {
  readonly origin?: Origin
  readonly lockspace?: string
  readonly key: string
  readonly path: string
  readonly offset?: number
}

export const leaseXml: XmlFields<Lease> = {
  origin: originField,
  lockspace: nonEmpty('lockspace'),
  key: required(text('key')),
  path: required(text('target/@path')),
  offset: integer('target/@offset'),
}
