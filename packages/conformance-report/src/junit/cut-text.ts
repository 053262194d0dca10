/** Reporters keep all output of all cases in memory; the other reports have the whole. */
const maxLength = 8 * 1024

export type KeptEnd = 'start' | 'end'

/** The start or the end of a long text, and a line that says what is left out. */
export function cutText(text: string, keep: KeptEnd = 'start'): string {
  const cut = text.length - maxLength
  if (cut <= 0) return text
  const left = `… ${cut} more characters in the HTML and JSON reports …`
  return keep === 'start' ? `${text.slice(0, maxLength)}\n${left}` : `${left}\n${text.slice(cut)}`
}
