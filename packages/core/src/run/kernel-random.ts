import { closeSync, openSync, readFileSync, readSync } from 'node:fs'

/*
 * The kernel's own generator, which node:crypto draws from as well: asking it costs one system call, and
 * loading node:crypto five milliseconds of a start.
 */

/** As many bytes that nobody can guess. */
export function randomBytes(size: number): Buffer {
  const bytes = Buffer.alloc(size)
  const file = openSync('/dev/urandom', 'r')
  try {
    // It never gives fewer up to 256 bytes (random(4)).
    for (let at = 0; at < size;) at += readSync(file, bytes, at, size - at, null)
    return bytes
  } finally {
    closeSync(file)
  }
}

/** A random UUID (RFC 9562, version 4), in lower case. */
export function randomUuid(): string {
  return readFileSync('/proc/sys/kernel/random/uuid', 'latin1').trim()
}
