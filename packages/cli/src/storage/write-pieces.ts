import { open, unlink } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { CommandError } from '../command-error.ts'
import { systemReason } from '../read-document.ts'

/**
 * Writes pieces into a file, which is overwritten where it is there. One that was made for it is
 * nobody else's to read, and does not stay where it is not whole.
 */
export async function writePieces(file: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  const { handle, isNew } = await create(file)
  let whole = false
  try {
    for await (const piece of pieces) await handle.writeFile(piece)
    await handle.sync().catch(() => undefined)
    whole = true
  } finally {
    await handle.close()
    if (!whole && isNew) await unlink(file).catch(() => undefined)
  }
}

async function create(
  file: string,
): Promise<{ readonly handle: FileHandle; readonly isNew: boolean }> {
  try {
    return { handle: await open(file, 'wx', 0o600), isNew: true }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      return { handle: await open(file, 'w'), isNew: false }
    }
    throw new CommandError(`cannot create ${file}: ${await systemReason(error)}`, {
      code: 'ERR_SYSTEM_ERROR',
    })
  }
}
