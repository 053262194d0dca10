import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { domainError, quote } from '../../errors.ts'
import { parseDomain } from '../../xml/parse-domain.ts'
import { guestImages } from '../confinement/guest-images.ts'
import type { Rooms } from '../rooms.ts'

/**
 * What is written takes the place of the file that has its name. An older save may go so; a disk of a guest must
 * not, and neither must a device.
 *
 * @throws DomainError `ERR_OPERATION_INVALID` that says whose it is.
 */
export async function checkDestination({ store }: Rooms, file: string): Promise<void> {
  const there = statSync(file, { bigint: true, throwIfNoEntry: false })
  if (there === undefined) return checkFolder(file)
  if (!there.isFile())
    throw domainError(
      'ERR_OPERATION_INVALID',
      `${quote(file, 200)} is there and no regular file: name another one`,
    )
  for (const { domain, active } of store.list())
    for (const xml of [active?.xml, domain.xml]) {
      if (xml === undefined) continue
      const images = await guestImages(parseDomain(xml).domain, { backing: ['*'] }).catch(() => [])
      if (
        !images.some((one) => one.device === String(there.dev) && one.inode === String(there.ino))
      )
        continue
      throw domainError(
        'ERR_OPERATION_INVALID',
        `${quote(file, 200)} is an image of domain ${quote(domain.name, 200)}: name another file`,
      )
    }
}

function checkFolder(file: string): void {
  const folder = dirname(file)
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return
  throw domainError(
    'ERR_OPERATION_FAILED',
    `cannot create ${quote(file, 200)}: there is no folder ${quote(folder, 200)}`,
  )
}
