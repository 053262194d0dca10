import { deflateRawSync } from 'node:zlib'

export interface PackedChunks {
  /** Each a JSON list of parts, deflated (RFC 1951), in base64. */
  readonly chunks: readonly string[]
  /** Number of the first part in each. */
  readonly starts: readonly number[]
}

/** A browser inflates and parses as much in some 5 ms; smaller ones compress worse. */
const chunkLength = 256 * 1024

/** Packs parts so that each can be read without the others but a few. */
export function packChunks(parts: readonly string[]): PackedChunks {
  const chunks: string[] = []
  const starts: number[] = []
  let start = 0
  while (start < parts.length) {
    let end = start
    let length = 0
    while (end < parts.length && length < chunkLength) length += parts[end++]?.length ?? 0
    chunks.push(packText(`[${parts.slice(start, end).join(',')}]`))
    starts.push(start)
    start = end
  }
  return { chunks, starts }
}

export const packText = (text: string): string =>
  deflateRawSync(Buffer.from(text), { level: 6 }).toString('base64')
