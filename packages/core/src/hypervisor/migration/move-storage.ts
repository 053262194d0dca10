import type { Disk } from '../../domain/devices/disk.ts'
import type { Domain } from '../../domain/domain.ts'
import { domainError, quote } from '../../errors.ts'
import { isWritten } from '../blocks/named-disk.ts'
import { isEmpty } from '../../qemu/devices/image-nodes.ts'
import type { QmpClient } from '../../qmp/index.ts'
import { diskChain } from '../blocks/disk-graph.ts'
import type { ImageFile } from '../blocks/switch-image.ts'
import { chainOf } from '../snapshots/image-chains.ts'
import type { MigrateOptions } from '../interface/migration.ts'

/** A disk that goes with its guest. */
export interface MovedDisk {
  readonly target: string
  readonly sizeBytes: number
  /** The image below the one that is copied, where that stays. */
  readonly backing?: ImageFile
}

/** Disks that go, as the source has them. */
export async function movedDisks(
  qmp: QmpClient,
  { devices }: Domain,
  { copyStorage, migrateDisks }: MigrateOptions,
): Promise<readonly MovedDisk[]> {
  if (copyStorage === undefined) {
    if (migrateDisks === undefined) return []
    throw domainError('ERR_INVALID_ARG', 'disks are named, and none is to be copied (copyStorage)')
  }
  const moved: MovedDisk[] = []
  for (const disk of chosen(devices.disk ?? [], migrateDisks)) {
    const [top, below] = await diskChain(qmp, disk)
    moved.push({
      target: disk.target,
      sizeBytes: top?.sizeBytes ?? 0,
      ...(copyStorage === 'inc' && below && { backing: below }),
    })
  }
  return moved
}

function chosen(disks: readonly Disk[], named: readonly string[] | undefined): readonly Disk[] {
  const known = disks.map(({ target }) => target)
  const unknown = named?.find((one) => !known.includes(one))
  if (unknown !== undefined)
    throw domainError(
      'ERR_INVALID_ARG',
      `disk target ${quote(unknown)} not found; the domain has: ${known.join(', ')}`,
    )
  return disks.filter((disk) =>
    named === undefined
      ? !isEmpty(disk) && isWritten(disk) && disk.shareable !== true
      : named.includes(disk.target),
  )
}

/** QEMU's names of what carries a disk over. */
export function mirrorId(target: string): string {
  return `polyvirt-migrate-${target}`
}

export function mirrorNode(target: string): string {
  return `polyvirt-nbd-${target}`
}

/** Images of disks that were copied: of the top ones alone, those below are shared. */
export function leftImages(
  { devices }: Domain,
  moved: readonly MovedDisk[],
  isTopOnly: boolean,
): readonly string[] {
  const disks = devices.disk ?? []
  return moved.flatMap(({ target }) => {
    const images = chainOf(disks, target)
    return isTopOnly ? images.slice(0, 1) : images
  })
}
