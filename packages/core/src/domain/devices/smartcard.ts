import { list, mapped, nonEmpty, oneOf, required, text } from '../../xml/fields.ts'
import type { XmlFields } from '../../xml/fields.ts'
import { charBackendXml, charTypes } from './chardev.ts'
import type { CharBackend, CharType } from './chardev.ts'
import { deviceInfoXml } from './device-info.ts'
import type { DeviceInfo } from './device-info.ts'

/** A smart card: the host's, one made of certificates, or one passed through. */
export interface Smartcard extends DeviceInfo, Omit<CharBackend, 'type'> {
  readonly mode: 'host' | 'host-certificates' | 'passthrough'
  readonly type?: CharType
  /** `host-certificates`: three names of the host's database. */
  readonly certificates?: readonly string[]
  readonly database?: string
}

const { type: _, ...backend } = charBackendXml

export const smartcardXml: XmlFields<Smartcard> = {
  mode: required(oneOf('@mode', ['host', 'host-certificates', 'passthrough'])),
  type: oneOf('@type', charTypes),
  ...backend,
  certificates: mapped(
    list('certificate', { name: required(text('.')) }),
    (all) => all.map(({ name }) => name),
    (names) => names.map((name) => ({ name })),
  ),
  database: nonEmpty('database'),
  ...deviceInfoXml,
}
