/** A browser and a terminal show no more than this of one guest. */
const maxLength = 64 * 1024

/**
 * What a guest has printed, for a reader: its reports, which are long and for machines, are named
 * only; control characters are shown as pictures of themselves; of a long text the end is kept.
 */
export function visibleConsole(transcript: string): string {
  const told = transcript.replaceAll(
    /^=== polyvirt report begin (\S+) ===\n[^]*?^(.*=== polyvirt report end \1 .*)$/gm,
    '=== polyvirt report begin $1 ===\n…\n$2',
  )
  // oxlint-disable-next-line no-control-regex -- what is looked for is what a terminal must not get
  const text = told.replaceAll(/[\0-\x08\x0b-\x1f\x7f-\x9f]/g, pictured)
  if (text.length <= maxLength) return text
  const left = text.length - maxLength
  return `… ${left} characters before this …\n${text.slice(left)}`
}

/** Unicode has pictures of the control characters of ASCII; others are written as numbers. */
function pictured(character: string): string {
  const code = character.charCodeAt(0)
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  if (code === 0x7f) return '\u2421'
  return `\\x${code.toString(16)}`
}
