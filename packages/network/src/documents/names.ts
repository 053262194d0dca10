import { mapped, quote, report, text } from '@polyvirt/core/driver'
import type { XmlField } from '@polyvirt/core/driver'

/** Text that a pattern allows; `what` says what it should have been. */
function matching(path: string, pattern: RegExp, what: string): XmlField<string> {
  return mapped(
    text(path),
    (written, scope) => {
      if (pattern.test(written)) return written
      report(scope, 'ERR_XML_ERROR', `${quote(written)} is not ${what}`, path)
      return undefined
    },
    (value) => value,
  )
}

/** A network device of the host: Linux allows 15 bytes, and neither blanks nor '/' nor ':'. */
export function deviceField(path: string): XmlField<string> {
  const what = `the name of a network device: 1 to 15 letters, digits, '.', '_', '-'`
  return matching(path, /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,15}$/, what)
}

/** A bridge that libvirt would make: `virbr%d` lets it choose the number. */
export function bridgeField(path: string): XmlField<string> {
  const what = `the name of a bridge: 1 to 15 letters, digits, '.', '_', '-', or such with %d`
  return matching(path, /^(?!\.{1,2}$)[A-Za-z0-9._-]{0,15}(?:%d)?(?<=.)$/, what)
}

/** A name of the DNS: labels of letters, digits, '-' and '_', 253 characters in all (RFC 1035). */
export function dnsNameField(path: string): XmlField<string> {
  const what = 'a name of the DNS'
  return matching(
    path,
    /^(?=.{1,253}$)(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.?)+$/,
    what,
  )
}
