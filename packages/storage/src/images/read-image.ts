import type { BigIntStats } from 'node:fs'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { headerBytes, readImageHeader } from './image-header.ts'
import type { ImageHeader } from './image-header.ts'

export interface ImageOnDisk {
  readonly stat: BigIntStats
  /** Nothing for what is no plain file. */
  readonly header?: ImageHeader
}

/**
 * Looks at a file and its first bytes. What is no plain file is not read: a FIFO would wait for ever.
 * Links are followed.
 */
export async function readImage(path: string): Promise<ImageOnDisk> {
  const { O_RDONLY, O_NONBLOCK, O_NOCTTY } = constants
  const file = await open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
  try {
    const stat = await file.stat({ bigint: true })
    if (!stat.isFile()) return { stat }
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headerBytes), 0, headerBytes, 0)
    return { stat, header: readImageHeader(buffer.subarray(0, bytesRead)) }
  } finally {
    await file.close()
  }
}
