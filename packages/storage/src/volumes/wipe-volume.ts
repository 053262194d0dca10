import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { randomFillSync } from 'node:crypto'
import { domainError, quote, runProgram } from '@polyvirt/core/driver'
import type { LongWorkOptions, WipeAlgorithm } from '@polyvirt/core/driver'
import { qemuImg } from '../images/qemu-img.ts'
import { systemError } from '../system-error.ts'
import { pieceBytes, teller } from './byte-streams.ts'
import type { FoundVolume } from './find-volume.ts'

export interface WipeOptions extends LongWorkOptions {
  readonly algorithm?: WipeAlgorithm
}

/** A disk of many TiB takes scrub days; it can be given up. */
const scrubMs = 7 * 24 * 60 * 60 * 1000

/**
 * Writes over every byte that the volume's file holds; what is left is raw. Holes stay holes, for
 * there is nothing in them.
 */
export async function wipeVolume(volume: FoundVolume, options: WipeOptions): Promise<void> {
  const { name, path } = volume
  const { algorithm = 'zero', signal } = options
  if (algorithm === 'trim') {
    const message = `algorithm 'trim' is not offered for volumes of a directory; offered: zero, random, and those of scrub`
    throw domainError('ERR_OPERATION_UNSUPPORTED', message)
  }
  if (algorithm !== 'zero' && algorithm !== 'random') {
    await runProgram('scrub', ['-f', '-p', algorithm, path], {
      timeoutMs: scrubMs,
      install: 'apt-get install scrub',
      ...(signal && { signal }),
    })
    return
  }
  const extents = await dataOf(path, `volume ${quote(name, 200)}`)
  const total = extents.reduce((sum, { length }) => sum + length, 0)
  const tell = teller('wipe', options, total)
  const piece = Buffer.alloc(pieceBytes)
  try {
    const file = await open(path, constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      let done = 0
      for (const { start, length } of extents) {
        for (let at = 0; at < length;) {
          signal?.throwIfAborted()
          if (algorithm === 'random') randomFillSync(piece)
          const { bytesWritten } = await file.write(
            piece,
            0,
            Math.min(pieceBytes, length - at),
            start + at,
          )
          at += bytesWritten
          done += bytesWritten
          tell(done)
        }
      }
      await file.sync()
    } finally {
      await file.close()
    }
  } catch (error) {
    throw systemError(`cannot wipe ${quote(path, 200)}`, error)
  }
}

interface Extent {
  readonly start: number
  readonly length: number
}

/** Where the file has bytes; QEMU's tool knows holes, which Node does not. */
async function dataOf(path: string, what: string): Promise<readonly Extent[]> {
  // The lock is held by this very work, so it is not asked for again.
  const args = ['map', '-U', '-f', 'raw', '--output=json', path]
  const text = await qemuImg(args, { failing: `cannot wipe ${what}`, what })
  const all = JSON.parse(text) as readonly (Extent & { readonly data: boolean })[]
  return all.filter(({ data }) => data).map(({ start, length }) => ({ start, length }))
}
