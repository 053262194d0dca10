import { open } from 'node:fs/promises'
import { CommandError } from '../command-error.ts'
import { strerror } from '../core.ts'
import { refuseItself } from './refuse-itself.ts'

const pieceBytes = 1024 * 1024

/**
 * A file's bytes, a piece at a time; `-` is standard input.
 *
 * @param to the file that they are written to: what grows by being read has no end
 */
export async function* readPieces(file: string, to: string): AsyncGenerator<Uint8Array> {
  const handle = await open(file === '-' ? '/dev/stdin' : file).catch(async (error: unknown) => {
    throw new CommandError(`cannot read ${file}: ${strerror(error)}`, {
      code: 'ERR_SYSTEM_ERROR',
    })
  })
  try {
    await refuseItself(file, handle, to)
    for (;;) {
      const piece = Buffer.alloc(pieceBytes)
      const { bytesRead } = await handle.read(piece)
      if (bytesRead === 0) return
      yield piece.subarray(0, bytesRead)
    }
  } finally {
    await handle.close()
  }
}
