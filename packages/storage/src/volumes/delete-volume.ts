import { constants } from 'node:fs'
import { access, rmdir, unlink } from 'node:fs/promises'
import { quote } from '@polyvirt/core/driver'
import { holdImage, inUse } from '../images/image-lock.ts'
import { describeUsers, imageUsers } from '../images/image-users.ts'
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
  const what = `volume ${quote(name, 200)}`
  const writable = await access(path, constants.W_OK).then(
    () => true,
    () => false,
  )
  if (type === 'dir' || link) await remove()
  else if (writable) await holdImage(path, what, remove)
  else {
    // A file that may only be read has no lock that we could take; who has it open is still seen.
    const users = await imageUsers(path)
    if (users.length > 0) throw inUse(what, describeUsers(users))
    await remove()
  }
  await pool.records.forget(name)
}
