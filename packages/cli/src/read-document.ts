import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { CommandError } from './command-error.ts'
import { strerror } from './core.ts'

/** What core's reader takes; nobody waits for more to be read. */
const limitBytes = 4 * 1024 * 1024

/**
 * The text of an XML file; `-` and `/dev/stdin` are standard input.
 *
 * @throws CommandError in virsh's words; with a place where a byte is not UTF-8.
 */
export async function readDocument(file: string): Promise<string> {
  const bytes = await readBytes(file)
  const text = decode(bytes)
  if (text !== undefined) return text
  const { decodeXml } = await import('@polyvirt/core')
  try {
    return decodeXml(bytes)
  } catch (cause) {
    throw new CommandError(`Failed to read file '${file}'`, { cause, file })
  }
}

/** Nothing for what is not UTF-8: a NUL where a document begins is a sign of wider characters. */
function decode(bytes: Uint8Array): string | undefined {
  if (bytes.subarray(0, 2).includes(0)) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

interface Source extends AsyncDisposable {
  /** How many bytes it put there; none at the end. */
  read(piece: Buffer): number | Promise<number>
}

/** A file on a disk is read at once; what must be waited for (a pipe, a device) keeps nobody else waiting. */
async function openSource(path: string): Promise<Source> {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) {
    const file = openSync(path, 'r')
    const close = (): Promise<void> => Promise.resolve(closeSync(file))
    return { read: (piece) => readSync(file, piece), [Symbol.asyncDispose]: close }
  }
  const handle = await open(path)
  const read = async (piece: Buffer): Promise<number> => (await handle.read(piece)).bytesRead
  return { read, [Symbol.asyncDispose]: () => handle.close() }
}

/** A file as it is; in pieces, so that an endless one ends at the limit. */
export async function readBytes(file: string): Promise<Buffer> {
  let verb = 'open'
  try {
    await using source = await openSource(file === '-' ? '/dev/stdin' : file)
    verb = 'read'
    const pieces: Buffer[] = []
    let length = 0
    for (;;) {
      const piece = Buffer.allocUnsafe(64 * 1024)
      const bytesRead = await source.read(piece)
      if (bytesRead === 0) return Buffer.concat(pieces, length)
      length += bytesRead
      pieces.push(piece.subarray(0, bytesRead))
      if (length > limitBytes) {
        throw new CommandError(
          `Failed to read file '${file}': it is larger than the ${limitBytes} bytes (4 MiB) that a document may have`,
          { code: 'ERR_XML_ERROR' },
        )
      }
    }
  } catch (error) {
    if (error instanceof CommandError) throw error
    throw new CommandError(`Failed to ${verb} file '${file}': ${strerror(error)}`, {
      code: 'ERR_SYSTEM_ERROR',
    })
  }
}
