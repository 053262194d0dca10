/**
 * FNV-1a of 64 bits, as 16 digits: tells apart the names of files whose owners are compared anyway. It
 * guards nothing, and needs no node:crypto.
 */
export function shortHash(text: string): string {
  let hash = 0xcbf29ce484222325n
  for (const byte of Buffer.from(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  }
  return hash.toString(16).padStart(16, '0')
}
