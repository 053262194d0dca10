import { constants } from 'node:fs'
import { open, unlink } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { CommandError } from '../command-error.ts'
import { strerror } from '../core.ts'
import { refuseItself } from './refuse-itself.ts'

/**
 * Writes pieces into a file, which is overwritten where it is there, and not before the first piece has come. One
 * that was made for it is nobody else's to read, and does not stay where it is not whole.
 *
 * @param from the file that they are read from
 */
export async function writePieces(
  file: string,
  pieces: AsyncIterable<Uint8Array>,
  from: string,
): Promise<void> {
  const { handle, isNew } = await create(file)
  let whole = false
  try {
    await refuseItself(file, handle, from)
    let isEmpty = isNew
    for await (const piece of pieces) {
      if (!isEmpty) await empty(handle)
      isEmpty = true
      await handle.writeFile(piece)
    }
    if (!isEmpty) await empty(handle)
    await handle.sync().catch(() => undefined)
    whole = true
  } finally {
    await handle.close()
    if (!whole && isNew) await unlink(file).catch(() => undefined)
  }
}

/** A pipe has nothing to be emptied of. */
async function empty(handle: FileHandle): Promise<void> {
  if ((await handle.stat()).isFile()) await handle.truncate()
}

async function create(
  file: string,
): Promise<{ readonly handle: FileHandle; readonly isNew: boolean }> {
  try {
    return await open(file, 'wx', 0o600).then(
      (handle) => ({ handle, isNew: true }),
      async (error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
        return { handle: await open(file, constants.O_WRONLY), isNew: false }
      },
    )
  } catch (error) {
    throw new CommandError(`cannot create ${file}: ${strerror(error)}`, {
      code: 'ERR_SYSTEM_ERROR',
    })
  }
}
