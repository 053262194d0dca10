import { open } from 'node:fs/promises'
import { CommandError } from './command-error.ts'

/** virsh's limit for a document. */
const limitBytes = 10 * 1024 * 1024

/**
 * The text of an XML file; `-` and `/dev/stdin` are standard input.
 *
 * @throws CommandError in virsh's words.
 */
export async function readDocument(file: string): Promise<string> {
  const bytes = await readLimited(file)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw failure(`Failed to read file '${file}': it is not UTF-8 text`)
  }
}

/** Reads in pieces, so that an endless file (a device, a pipe) ends at the limit. */
async function readLimited(file: string): Promise<Buffer> {
  let verb = 'open'
  try {
    await using handle = await open(file === '-' ? '/dev/stdin' : file)
    verb = 'read'
    const pieces: Buffer[] = []
    let length = 0
    for (;;) {
      const piece = Buffer.alloc(64 * 1024)
      const { bytesRead } = await handle.read(piece)
      if (bytesRead === 0) return Buffer.concat(pieces, length)
      length += bytesRead
      pieces.push(piece.subarray(0, bytesRead))
      if (length > limitBytes) throw failure(`Value too large for defined data type`)
    }
  } catch (error) {
    const reason = error instanceof CommandError ? error.message : await systemReason(error)
    throw failure(`Failed to ${verb} file '${file}': ${reason}`)
  }
}

function failure(message: string): CommandError {
  return new CommandError(message, { code: 'ERR_SYSTEM_ERROR' })
}

/** The C library's words for a system error. */
export async function systemReason(error: unknown): Promise<string> {
  const { getSystemErrorMap } = await import('node:util')
  const { errno } = error as NodeJS.ErrnoException
  const words = getSystemErrorMap().get(errno ?? 0)?.[1] ?? String(error)
  return systemWords[words] ?? `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}

// libuv words a few differently from the C library, which virsh shows.
const systemWords: Readonly<Record<string, string>> = {
  'illegal operation on a directory': 'Is a directory',
  'too many symbolic links encountered': 'Too many levels of symbolic links',
  'name too long': 'File name too long',
}
