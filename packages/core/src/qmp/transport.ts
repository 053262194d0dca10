/**
 * A two-way byte stream to a QMP server. The client knows nothing else about where it comes from:
 * `run/connect-unix.ts` makes one of a unix socket, tests make one of two arrays.
 */
export interface QmpTransport {
  /** Bytes as they come, cut anywhere; ends when the peer closes, throws when the stream breaks. */
  readonly readable: AsyncIterable<Uint8Array>
  /** Resolves when the bytes are handed on; rejects when the stream is broken. */
  write(bytes: Uint8Array): Promise<void>
  /** Ends the stream at once, both ways. May be called twice. */
  close(): void
}
