/** Longest line that is read as a message; libvirt cuts at the same length. */
export const maxLineBytes: number = 10 * 1024 * 1024

/** Deepest nesting that is parsed; QEMU's own parser stops at the same depth. */
export const maxDepth = 1024

/** One line of the peer: a JSON object, or the reason why it is none. */
export type Frame =
  | { readonly kind: 'message'; readonly message: Readonly<Record<string, unknown>> }
  | { readonly kind: 'malformed'; readonly reason: string; readonly text: string }

/** Turns bytes, cut anywhere, into frames. Keeps at most one line in memory. */
export interface FrameReader {
  push(chunk: Uint8Array): Frame[]
}

const newline = 0x0a
const quoteMark = 0x22
const backslash = 0x5c

/** How much of a malformed line is kept to show in an error. */
const shownBytes = 80

/**
 * A reader of JSON objects, one a line, ended by LF or CR LF. Blank lines are skipped.
 *
 * A line that is too long, too deep, not UTF-8 or not a JSON object becomes a `malformed` frame,
 * and reading goes on with the next line: one bad line never costs the connection.
 */
export function createFrameReader(limits: { readonly maxLineBytes?: number } = {}): FrameReader {
  const limit = limits.maxLineBytes ?? maxLineBytes
  let parts: Uint8Array[] = []
  let length = 0
  let overflowed = false

  function endLine(last: Uint8Array): Frame | undefined {
    // Most lines come whole, and are read where they are.
    if (length === 0 && !overflowed && last.length <= limit) return readLine(last)
    const tooLong = add(last)
    const line = join(parts, length)
    parts = []
    length = 0
    if (!overflowed) return readLine(line)
    overflowed = false
    return tooLong
  }

  function add(part: Uint8Array): Frame | undefined {
    if (overflowed || part.length === 0) return undefined
    length += part.length
    if (length <= limit) {
      // A transport may reuse its buffer, so what is kept across pushes is a copy.
      parts.push(part.slice())
      return undefined
    }
    const start = join(parts, Math.min(length - part.length, shownBytes))
    const shown = start.length > 0 ? start : part
    overflowed = true
    parts = []
    length = 0
    return malformed(`a line of more than ${limit} bytes`, shown)
  }

  return {
    push(chunk) {
      const frames: Frame[] = []
      const keep = (frame: Frame | undefined): void => void (frame && frames.push(frame))
      let start = 0
      for (;;) {
        const end = chunk.indexOf(newline, start)
        if (end === -1) {
          keep(add(chunk.subarray(start)))
          return frames
        }
        keep(endLine(chunk.subarray(start, end)))
        start = end + 1
      }
    },
  }
}

const strictly = new TextDecoder('utf-8', { fatal: true })

/** One line without its end; nothing for a blank one. */
export function readLine(line: Uint8Array): Frame | undefined {
  if (isBlank(line)) return undefined
  // Before JSON.parse, whose recursion a hostile peer could exhaust.
  if (!withinDepth(line)) return malformed(`nesting deeper than ${maxDepth}`, line)
  let text: string
  try {
    text = strictly.decode(line)
  } catch {
    return malformed('bytes that are not UTF-8', line)
  }
  try {
    const value: unknown = parseJson(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return { kind: 'message', message: value as Readonly<Record<string, unknown>> }
    }
    return malformed('JSON that is not an object', line)
  } catch {
    return malformed('a line that is not JSON', line)
  }
}

/**
 * `JSON.parse` gives `__proto__` as an ordinary own property, but whoever copies the answer with
 * an assignment would set a prototype; so the key is dropped here. A reviver is slow, hence asked
 * for only where the key could be, written plainly or by escapes.
 */
function parseJson(text: string): unknown {
  if (!text.includes('__proto__') && !/\\u00(?:5f|7[024]|6f)/i.test(text)) return JSON.parse(text)
  return JSON.parse(text, (key, value: unknown) => (key === '__proto__' ? undefined : value))
}

function withinDepth(line: Uint8Array): boolean {
  if (line.length <= maxDepth) return true
  let depth = 0
  let inString = false
  for (let at = 0; at < line.length; at++) {
    const byte = line[at]
    if (inString) {
      if (byte === backslash) at++
      else if (byte === quoteMark) inString = false
    } else if (byte === quoteMark) inString = true
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > maxDepth) return false
    } else if (byte === 0x7d || byte === 0x5d) depth--
  }
  return true
}

function isBlank(line: Uint8Array): boolean {
  for (const byte of line) if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false
  return true
}

function join(parts: readonly Uint8Array[], length: number): Uint8Array {
  const only = parts.length === 1 ? parts[0] : undefined
  if (only) return only.subarray(0, length)
  const joined = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    const room = part.subarray(0, length - at)
    joined.set(room, at)
    at += room.length
  }
  return joined
}

function malformed(reason: string, line: Uint8Array): Frame {
  return { kind: 'malformed', reason, text: new TextDecoder().decode(line.subarray(0, shownBytes)) }
}
