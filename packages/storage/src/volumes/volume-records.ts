import { createHash } from 'node:crypto'
import { readFile, unlink } from 'node:fs/promises'
import { makePrivateDir, removeTree, writePrivateFile } from '@polyvirt/core/driver'
import { volumeFormats } from '../documents/volume.ts'
import type { VolumeFormat } from '../documents/volume.ts'

/** What is known of a volume beside its bytes. */
export interface VolumeRecord {
  readonly format: VolumeFormat
  /** The image below it that its document named. */
  readonly backing?: string
}

/**
 * Remembers in which format a volume was made.
 *
 * The bytes of a raw volume are its guest's: one that writes a qcow2 header into its disk would
 * otherwise be given, at its next start, the file of the host that it names there as the image below.
 * A record counts for the very file it was made for: another one under the same name has another
 * inode.
 */
export interface VolumeRecords {
  read(name: string, inode: bigint): Promise<VolumeRecord | undefined>
  write(name: string, inode: bigint, record: VolumeRecord): Promise<void>
  forget(name: string): Promise<void>
  /** The pool is undefined. */
  forgetAll(): Promise<void>
}

/** @param dir A private folder of this pool's alone. */
export function volumeRecords(dir: string): VolumeRecords {
  // Names are longer than a file's may be, once escaped.
  const fileOf = (name: string): string =>
    `${dir}/${createHash('sha256').update(name).digest('hex')}.json`
  return {
    async read(name, inode) {
      const text = await readFile(fileOf(name), 'utf8').catch(() => undefined)
      const found = text === undefined ? undefined : parse(text)
      return found?.inode === String(inode) ? found.record : undefined
    },
    async write(name, inode, record) {
      await makePrivateDir(dir)
      await writePrivateFile(fileOf(name), JSON.stringify({ inode: String(inode), record }))
    },
    async forget(name) {
      await unlink(fileOf(name)).catch(() => undefined)
    },
    forgetAll: () => removeTree(dir),
  }
}

interface Kept {
  readonly inode: string
  readonly record: VolumeRecord
}

/** Nothing for a file that is damaged: then the bytes are asked, as for a volume never seen. */
function parse(text: string): Kept | undefined {
  try {
    const { inode, record } = JSON.parse(text) as Partial<Kept>
    const format = volumeFormats.find((one) => one === record?.format)
    if (typeof inode !== 'string' || format === undefined) return undefined
    const backing = typeof record?.backing === 'string' ? { backing: record.backing } : {}
    return { inode, record: { format, ...backing } }
  } catch {
    return undefined
  }
}
