import type { Disk } from '../../domain/devices/disk.ts'
import type { Domain } from '../../domain/domain.ts'
import { domainError, quote } from '../../errors.ts'
import { isEmpty } from '../../qemu/devices/image-nodes.ts'
import { isNamed, isWritten, noDiskNamed } from '../blocks/named-disk.ts'
import { freeIndex } from '../blocks/switch-image.ts'
import type { BackupDiskElement, BackupElement } from './backup-document.ts'

/** One disk of a backup, with everything settled. */
export interface BackupPart {
  readonly disk: Disk
  /** What is written to: the copy, or the scratch file. */
  readonly file: string
  readonly type: 'file' | 'block'
  readonly format: string
  readonly index: number
  /** The checkpoint since which it is taken. */
  readonly since?: string
  /** The bitmap of that; its name is what a reader asks for over NBD. */
  readonly bitmap?: string
  readonly exportName: string
}

/**
 * Which disks are taken, and where to. Without `<disks>` all that hold something and can be written are;
 * with it, those that it names.
 *
 * @param suffix what a file beside the image ends in, where none is named
 */
export function backupParts(
  domain: Domain,
  wish: BackupElement,
  suffix: string,
): readonly BackupPart[] {
  const disks = domain.devices.disk ?? []
  const first = freeIndex(domain)
  const asked = wish.disks ?? defaults(disks)
  const parts = asked.flatMap((element, i): BackupPart[] => {
    const disk = disks.find((one) => isNamed(one, element.name))
    if (disk === undefined) throw refusal(i, noDiskNamed(element.name, disks))
    if (element.backup === false) return []
    return [part(disk, { element, wish, suffix, position: i, index: first + i })]
  })
  const twice = parts.find(({ disk }, i) => parts.findIndex((one) => one.disk === disk) !== i)
  if (twice !== undefined)
    throw refusal(0, `disk ${quote(twice.disk.target)} specified twice in the backup`)
  if (parts.length > 0) return parts
  throw domainError('ERR_CONFIG_UNSUPPORTED', 'no disks selected for backup', {
    path: 'disks',
    root: 'domainbackup',
  })
}

function defaults(disks: readonly Disk[]): readonly BackupDiskElement[] {
  return disks
    .filter((disk) => !isEmpty(disk) && isWritten(disk))
    .map(({ target }) => ({ name: target }))
}

interface Asked {
  readonly element: BackupDiskElement
  readonly wish: BackupElement
  readonly suffix: string
  readonly position: number
  readonly index: number
}

function part(disk: Disk, { element, wish, suffix, position, index }: Asked): BackupPart {
  const { mode } = wish
  if (isEmpty(disk)) throw refusal(position, `disk ${quote(disk.target)} has no medium to back up`)
  const wrong = mode === 'push' ? element.scratch : element.target
  if (wrong !== undefined)
    throw refusal(
      position,
      mode === 'push' ? 'a push backup has a <target>' : 'a pull backup has a <scratch>',
    )
  const where = mode === 'push' ? element.target : element.scratch
  const type = element.type ?? (where?.dev === undefined ? 'file' : 'block')
  const file = (type === 'block' ? where?.dev : where?.file) ?? beside(disk, type, suffix)
  if (file === undefined)
    throw refusal(position, `missing block device to back up ${quote(disk.target)} into`)
  const format = element.format ?? 'qcow2'
  const since =
    element.backupMode === 'full' ? undefined : (element.incremental ?? wish.incremental)
  if (element.backupMode === 'incremental' && since === undefined)
    throw refusal(
      position,
      `disk ${quote(disk.target)} is to be incremental, and no checkpoint says since when`,
    )
  if (mode === 'pull' && format !== 'qcow2')
    throw refusal(position, `pull mode backup for disk ${quote(disk.target)} requires qcow2 driver`)
  if (format !== 'qcow2' && (format !== 'raw' || since !== undefined))
    throw refusal(
      position,
      `${quote(format)} cannot hold ${since === undefined ? 'a backup' : 'what only says what has changed'}; use qcow2`,
    )
  return {
    disk,
    file,
    type,
    format,
    index,
    exportName: element.exportName ?? disk.target,
    ...(since !== undefined && { since, bitmap: element.exportBitmap ?? `backup-${disk.target}` }),
  }
}

function beside(disk: Disk, type: 'file' | 'block', suffix: string): string | undefined {
  const image = disk.source?.file
  return type === 'block' || image === undefined ? undefined : `${image}.${suffix}`
}

function refusal(position: number, message: string): Error {
  return domainError('ERR_CONFIG_UNSUPPORTED', message, {
    path: `disks/disk[${position + 1}]`,
    root: 'domainbackup',
  })
}

/** The backup as it came to be, with what was left out: libvirt's backup-dumpxml. */
export function settledBackup(
  wish: BackupElement,
  parts: readonly BackupPart[],
  { devices }: Domain,
): BackupElement {
  return {
    mode: wish.mode,
    ...(wish.incremental !== undefined && { incremental: wish.incremental }),
    ...(wish.server && { server: wish.server }),
    disks: (devices.disk ?? []).map((disk): BackupDiskElement => {
      const found = parts.find((one) => one.disk === disk)
      if (found === undefined) return { name: disk.target, backup: false }
      const { file, type, format, index, since, bitmap, exportName } = found
      const where = type === 'block' ? { dev: file } : { file }
      return {
        name: disk.target,
        backup: true,
        type,
        backupMode: since === undefined ? 'full' : 'incremental',
        ...(since !== undefined && { incremental: since }),
        ...(wish.mode === 'pull' && { exportName, ...(bitmap && { exportBitmap: bitmap }) }),
        index: String(index),
        format,
        ...(wish.mode === 'push' ? { target: where } : { scratch: where }),
      }
    }),
  }
}
