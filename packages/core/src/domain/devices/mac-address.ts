import { mapped, report, text } from '../../xml/fields.ts'
import type { XmlField } from '../../xml/fields.ts'
import { quote } from '../../errors.ts'

/** A unicast MAC address; multicast ones (odd first byte) cannot belong to a card. */
export function macAddress(path: string): XmlField<string> {
  return mapped(
    text(path),
    (written, scope) => {
      const groups = /^([0-9a-f]{1,2})((?::[0-9a-f]{1,2}){5})\s*$/i.exec(written)
      if (groups === null) {
        report(
          scope,
          'ERR_XML_ERROR',
          `${quote(written)} is not a MAC address such as 52:54:00:12:34:56`,
          path,
        )
        return undefined
      }
      const bytes = written
        .trimEnd()
        .split(':')
        .map((part) => part.toLowerCase().padStart(2, '0'))
      if (Number.parseInt(bytes[0] ?? '0', 16) % 2 === 1) {
        report(
          scope,
          'ERR_XML_ERROR',
          `${quote(written)} is a multicast MAC address; a card needs a unicast one`,
          path,
        )
        return undefined
      }
      return bytes.join(':')
    },
    (mac) => mac,
  )
}
