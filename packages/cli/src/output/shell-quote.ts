import { printable } from '../core.ts'

/**
 * A word for a shell, quoted as libvirt does it: bare where nothing in it is special, else in
 * single quotes. Control characters, which a terminal would act on, take bash's `$'…'`.
 */
export function shellQuote(word: string): string {
  if (word === '') return "''"
  if (printable(word) !== word) {
    return `$'${word.replace(/['\\]|[^\x20-\x7e]/gu, escapeForBash)}'`
  }
  // libvirt's list of characters that a shell reads something into (virBufferEscapeShell).
  if (!/[\r\t\n !"#$&'()*;<>?[\\\]^`{|}~]/.test(word)) return word
  return `'${word.replaceAll("'", "'\\''")}'`
}

function escapeForBash(character: string): string {
  if (character === "'" || character === '\\') return `\\${character}`
  return [...Buffer.from(character)]
    .map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`)
    .join('')
}
