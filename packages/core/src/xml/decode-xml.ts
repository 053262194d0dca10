import { domainError } from '../errors.ts'
import type { Place } from '../errors.ts'
import { xmlLimits } from './gate.ts'

/**
 * Text of a document that comes as bytes. Domain XML is UTF-8; whatever is not is refused rather
 * than guessed at, since a guess would change names and paths.
 *
 * @throws DomainError `ERR_XML_ERROR` with the line of the first byte that is wrong.
 */
export function decodeXml(bytes: Uint8Array): string {
  if (bytes.length > xmlLimits.bytes) {
    const message = `the document is ${bytes.length} bytes; at most ${xmlLimits.bytes} (4 MiB) are read`
    throw domainError('ERR_XML_ERROR', message)
  }
  if (isWide(bytes)) {
    throw domainError('ERR_XML_ERROR', 'the document is UTF-16 or UTF-32: domain XML is UTF-8', {
      place: { line: 1, column: 1 },
    })
  }
  const text = decode(bytes)
  if (text !== undefined) return text
  throw domainError('ERR_XML_ERROR', 'the document is not valid UTF-8', {
    place: firstBadByte(bytes),
  })
}

/** A byte order mark of two or four bytes, or a NUL where every document has a visible character. */
function isWide(bytes: Uint8Array): boolean {
  const [a, b] = bytes
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return true
  return bytes.length >= 2 && (a === 0 || b === 0)
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function firstBadByte(bytes: Uint8Array): Place {
  let line = 1
  let start = 0
  for (;;) {
    const newline = bytes.indexOf(10, start)
    const end = newline === -1 ? bytes.length : newline
    if (decode(bytes.subarray(start, end)) === undefined) {
      return { line, column: goodPrefix(bytes.subarray(start, end)).length + 1 }
    }
    if (newline === -1) return { line, column: 1 }
    line++
    start = newline + 1
  }
}

/** The longest beginning of a line that decodes. */
function goodPrefix(line: Uint8Array): string {
  let low = 0
  let high = line.length
  // A beginning that cuts a character fails too, so the search ends at or just before the bad one.
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    const whole = [0, 1, 2, 3].some((less) => decode(line.subarray(0, middle - less)) !== undefined)
    if (whole) low = middle
    else high = middle - 1
  }
  for (let less = 0; less < 4; less++) {
    const text = decode(line.subarray(0, Math.max(0, low - less)))
    if (text !== undefined) return text
  }
  return ''
}
