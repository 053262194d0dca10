import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { domainError, quote } from '@polyvirt/core/driver'
import type { LongWorkOptions, VolumeRange } from '@polyvirt/core/driver'
import { systemError } from '../system-error.ts'
import type { FoundVolume } from './find-volume.ts'

/** Bytes that are read or written at a time. */
export const pieceBytes: number = 1024 * 1024

/** A range with its bounds looked at. */
export function boundsOf({ offset = 0, length }: VolumeRange): {
  readonly offset: number
  readonly length: number
} {
  for (const one of [offset, length ?? 0]) {
    if (!Number.isSafeInteger(one) || one < 0)
      throw domainError('ERR_INVALID_ARG', `${one} is not a number of bytes`)
  }
  // libvirt takes 0 for all there is.
  return { offset, length: length === undefined || length === 0 ? Infinity : length }
}

/** Writes bytes into a file as they come; all that came is durable at the end. */
export async function writeBytes(
  { path, name }: FoundVolume,
  data: AsyncIterable<Uint8Array>,
  options: VolumeRange,
): Promise<void> {
  const { offset, length } = boundsOf(options)
  const tell = teller('upload', options, Number.isFinite(length) ? length : 0)
  const { O_WRONLY, O_NOFOLLOW, O_NONBLOCK } = constants
  try {
    const file = await open(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK)
    try {
      let written = 0
      for await (const piece of data) {
        options.signal?.throwIfAborted()
        if (written + piece.length > length) {
          const message = `more than the ${length} bytes that were announced came for volume ${quote(name, 200)}`
          throw domainError('ERR_OPERATION_FAILED', message)
        }
        await writeWhole(file, piece, offset + written)
        written += piece.length
        tell(written)
      }
      await file.sync()
    } finally {
      await file.close()
    }
  } catch (error) {
    throw systemError(`cannot write to ${quote(path, 200)}`, error)
  }
}

type File = Awaited<ReturnType<typeof open>>

/** One write may take less than it was given. */
async function writeWhole(file: File, piece: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < piece.length;) {
    const { bytesWritten } = await file.write(piece, done, piece.length - done, position + done)
    done += bytesWritten
  }
}

/** Reads bytes of a file as they are taken. */
export async function* readBytes(
  { path, physicalBytes = 0 }: FoundVolume,
  options: VolumeRange,
): AsyncGenerator<Uint8Array> {
  const { offset, length } = boundsOf(options)
  const total = Math.max(0, Math.min(length, physicalBytes - offset))
  const tell = teller('download', options, total)
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(
    (error: unknown) => {
      throw systemError(`cannot read ${quote(path, 200)}`, error)
    },
  )
  try {
    for (let done = 0; done < total;) {
      options.signal?.throwIfAborted()
      const wanted = Math.min(pieceBytes, total - done)
      // A buffer of its own for each piece: whoever takes it may keep it.
      const { bytesRead, buffer } = await file.read(Buffer.alloc(wanted), 0, wanted, offset + done)
      if (bytesRead === 0) return
      done += bytesRead
      tell(done)
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await file.close()
  }
}

/** Says how far it is, with the rate. */
export function teller(
  kind: string,
  { onProgress }: LongWorkOptions,
  totalBytes: number,
): (processedBytes: number) => void {
  const begun = performance.now()
  return (processedBytes) => {
    const elapsedMs = performance.now() - begun
    onProgress?.({
      kind,
      processedBytes,
      remainingBytes: Math.max(0, totalBytes - processedBytes),
      totalBytes: Math.max(totalBytes, processedBytes),
      elapsedMs,
      ...(elapsedMs > 0 && { rateBytes: Math.round((processedBytes * 1000) / elapsedMs) }),
    })
  }
}
