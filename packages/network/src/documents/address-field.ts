import { mapped, quote, report, text } from '@polyvirt/core/driver'
import type { XmlField } from '@polyvirt/core/driver'
import { parseIp } from '../addresses/ip-address.ts'

/** An IP address, kept as it is written. */
export function addressField(path: string): XmlField<string> {
  return mapped(
    text(path),
    (written, scope) => {
      if (parseIp(written) !== undefined) return written
      report(scope, 'ERR_XML_ERROR', `${quote(written)} is not an IP address`, path)
      return undefined
    },
    (value) => value,
  )
}
