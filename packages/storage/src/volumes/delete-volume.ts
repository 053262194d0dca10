import { rmdir, unlink } from 'node:fs/promises'
import { quote } from '@polyvirt/core/driver'
import { holdImage } from '../images/image-lock.ts'
import { systemError } from '../system-error.ts'
import type { FoundVolume } from './find-volume.ts'
import { syncDir } from './new-file.ts'

/** Removes a volume that nobody uses. Of a link, the link; of a directory, one that is empty. */
export async function deleteVolume({ pool, name, path, type, link }: FoundVolume): Promise<void> {
  const remove = async (): Promise<void> => {
    try {
      if (type === 'dir' && !link) await rmdir(path)
      else await unlink(path)
      await syncDir(pool.path)
    } catch (error) {
      throw systemError(`cannot remove ${quote(path, 200)}`, error)
    }
  }
  if (type === 'dir' || link) await remove()
  else await holdImage(path, `volume ${quote(name, 200)}`, remove)
  await pool.records.forget(name)
}
