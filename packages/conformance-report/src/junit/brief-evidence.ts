import { argvLines } from '../argv-lines.ts'
import type { CaseResult } from '../results.ts'
import { cutText, type KeptEnd } from './cut-text.ts'

/** What a reader of a failed case wants at hand; of one that passed, a line or two. */
export function briefEvidence({ face, outcome, reason, title, evidence }: CaseResult): string {
  const heads = [`${title}\n${face === 'offered' ? 'is offered' : 'is refused, as the tables say'}`]
  if (reason !== undefined) heads[0] += `: ${reason}`
  const refusal = (evidence?.refusal ?? []).map(({ code, path, line, message }) => {
    const place = [path, line === undefined ? undefined : `line ${line}`].filter(Boolean).join(', ')
    return `${code}${place === '' ? '' : ` at ${place}`}: ${message}`
  })
  const parts = refusal.length === 0 ? heads : [...heads, part('refused', refusal.join('\n'))]
  if (outcome !== 'failed' || evidence === undefined) return parts.join('\n\n')
  const { xml, argv, stored, live, acts, console } = evidence
  if (xml !== undefined) parts.push(part('document', xml))
  if (argv !== undefined) parts.push(part('command line', argvLines(argv).join('\n')))
  else if (stored !== undefined) parts.push(part('definition', stored))
  if (live !== undefined) parts.push(part('QEMU answered', JSON.stringify(live, null, 1)))
  if (acts !== undefined) parts.push(part('acts', acts))
  if (console !== undefined) parts.push(part('end of the console', console, 'end'))
  return parts.join('\n\n')
}

const part = (name: string, text: string, keep: KeptEnd = 'start'): string =>
  `--- ${name} ---\n${cutText(text, keep)}`
