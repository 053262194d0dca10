import type { Evidence } from '@polyvirt/conformance-report'

/** A reader looks at no more than this of a document or of a word; a case's id leads to the rest. */
const maxLength = 16 * 1024

/** Evidence as it is kept: documents and words of any length are cut, and say so. */
export function bounded(evidence: Evidence): Evidence {
  const { xml, stored, argv } = evidence
  return {
    ...evidence,
    ...(xml === undefined ? {} : { xml: cut(xml) }),
    ...(stored === undefined ? {} : { stored: cut(stored) }),
    ...(argv === undefined ? {} : { argv: argv.map(cut) }),
  }
}

const cut = (text: string): string =>
  text.length <= maxLength
    ? text
    : `${text.slice(0, maxLength)}\n… ${text.length} characters in all …\n`
