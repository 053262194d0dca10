import { integer, mapped, quote, report, text } from '@polyvirt/core/driver'
import type { XmlField, XmlFields } from '@polyvirt/core/driver'

/** `<permissions>` of a pool's directory or a volume's file. */
export interface Permissions {
  /** Permission bits: `0o600`. */
  readonly mode?: number
  /** User and group ids; -1 is whoever makes it. */
  readonly owner?: number
  readonly group?: number
  /** A label of a security driver; kept, and without effect. */
  readonly label?: string
}

/** Ids of a 32-bit kernel; the largest means none. */
const id = { min: -1, max: 0xfffffffe, what: 'an id' } as const

export const permissionsXml: XmlFields<Permissions> = {
  mode: octal('mode'),
  owner: integer('owner', id),
  group: integer('group', id),
  label: text('label'),
}

function octal(path: string): XmlField<number> {
  return mapped(
    text(path),
    (written, scope) => {
      if (/^0?[0-7]{1,3}$/.test(written)) return Number.parseInt(written, 8)
      const message = `${quote(written)} is not an octal mode such as 0644`
      report(scope, 'ERR_XML_ERROR', message, path)
      return undefined
    },
    (mode) => mode.toString(8).padStart(4, '0'),
  )
}
