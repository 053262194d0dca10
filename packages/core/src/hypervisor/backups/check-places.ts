import { lstatSync } from 'node:fs'
import { domainError, quote } from '../../errors.ts'
import type { ServerAddress } from './backup-server.ts'
import type { BackupPart } from './backup-parts.ts'

interface Places {
  readonly parts: readonly BackupPart[]
  readonly address: ServerAddress | undefined
  /** The files are there already. */
  readonly reuse: boolean
}

/**
 * Judged before anything is recorded: what is recorded as made for a backup is removed where it does not begin,
 * and QEMU removes whatever has the name of the socket that it is to listen on.
 *
 * @throws DomainError for a place that is somebody else's.
 */
export function checkPlaces({ parts, address, reuse }: Places): void {
  for (const [i, { disk, file, type }] of parts.entries()) {
    if (!file.startsWith('/'))
      throw domainError(
        'ERR_INVALID_ARG',
        `store ${quote(file, 200)} for backup of ${quote(disk.target)} is not an absolute path`,
      )
    if (type === 'file' && !reuse && thereIs(file) !== undefined)
      throw domainError(
        'ERR_INVALID_ARG',
        `store ${quote(file, 200)} for backup of ${quote(disk.target)} exists`,
      )
    const other = parts.slice(0, i).find((one) => one.file === file)
    if (other !== undefined)
      throw domainError(
        'ERR_INVALID_ARG',
        `store ${quote(file, 200)} is for both ${quote(other.disk.target)} and ${quote(disk.target)}`,
      )
  }
  if (address?.type !== 'unix') return
  const { path } = address.data
  if (thereIs(path)?.isSocket() === false)
    throw domainError(
      'ERR_INVALID_ARG',
      `${quote(path, 200)} exists and is no socket: serve the backup under another name`,
    )
}

function thereIs(file: string): ReturnType<typeof lstatSync> {
  return lstatSync(file, { throwIfNoEntry: false })
}
