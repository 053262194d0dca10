import type { Disk } from '../../domain/devices/disk.ts'
import type { SnapshotRow } from '../../store/index.ts'
import { parseDomain } from '../../xml/parse-domain.ts'
import { described, fileOf } from '../blocks/switch-image.ts'
import { readKept } from './snapshot-document.ts'
import type { KeptSnapshot } from './snapshot-document.ts'

/** A snapshot with what it keeps, read once. */
export interface ReadSnapshot {
  readonly row: SnapshotRow
  readonly kept: KeptSnapshot
  readonly disks: readonly Disk[]
}

export function readSnapshot(row: SnapshotRow): ReadSnapshot {
  const kept = readKept(row)
  return { row, kept, disks: parseDomain(kept.domain).domain.devices.disk ?? [] }
}

/** Paths of the images of one disk, the one in use first. */
export function chainOf(disks: readonly Disk[], target: string): readonly string[] {
  const disk = disks.find((one) => one.target === target)
  return disk === undefined
    ? []
    : described(disk).flatMap(({ source }) => source?.file ?? source?.dev ?? [])
}

/** The image that a snapshot keeps of a disk: nobody may write it. */
export function keptImage(
  { disks }: ReadSnapshot,
  target: string,
): { readonly file: string; readonly format: string } | undefined {
  const disk = disks.find((one) => one.target === target)
  const file = disk && fileOf(disk)
  return file === undefined ? undefined : { file, format: disk?.format ?? 'raw' }
}
