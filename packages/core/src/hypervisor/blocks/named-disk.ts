import type { Disk } from '../../domain/devices/disk.ts'
import { quote } from '../../errors.ts'
import { fileOf } from './switch-image.ts'

/** Is it the disk that a document means: by its target, or by its image's path? */
export function isNamed(disk: Disk, name: string): boolean {
  return disk.target === name || fileOf(disk) === name
}

/** The sentence for a name that means none. */
export function noDiskNamed(name: string, disks: readonly Disk[]): string {
  return `no disk named ${quote(name)}; the domain has: ${disks.map(({ target }) => target).join(', ')}`
}

/** Can the guest write to its medium? */
export function isWritten(disk: Disk): boolean {
  return disk.readonly !== true && disk.device !== 'cdrom'
}
