import type { BigIntStats } from 'node:fs'
import { constants } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { headerBytes, readImageHeader } from './image-header.ts'
import type { ImageHeader } from './image-header.ts'

export interface ImageOnDisk {
  readonly stat: BigIntStats
  /** Nothing for what is no plain file. */
  readonly header?: ImageHeader
}

/**
 * Looks at a file and its first bytes. What is no plain file is not opened: a FIFO would wait for
 * ever, and a tape would rewind. Links are followed.
 */
export async function readImage(path: string): Promise<ImageOnDisk> {
  const found = await stat(path, { bigint: true })
  if (!found.isFile()) return { stat: found }
  // Something else may have taken its place by now.
  const { O_RDONLY, O_NONBLOCK, O_NOCTTY } = constants
  const file = await open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
  try {
    const opened = await file.stat({ bigint: true })
    if (!opened.isFile()) return { stat: opened }
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headerBytes), 0, headerBytes, 0)
    return { stat: opened, header: readImageHeader(buffer.subarray(0, bytesRead)) }
  } finally {
    await file.close()
  }
}
