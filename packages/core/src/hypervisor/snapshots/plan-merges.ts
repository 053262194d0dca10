import type { Disk } from '../../domain/devices/disk.ts'
import { domainError, quote } from '../../errors.ts'
import type { ImageFile } from '../blocks/switch-image.ts'
import { chainOf, keptImage } from './image-chains.ts'
import type { ReadSnapshot } from './image-chains.ts'

/** What an image above a snapshot holds goes down into the one that the snapshot keeps. */
export interface Merge {
  readonly target: string
  readonly file: string
  readonly into: ImageFile
  /** The disk is on that image no more: there is nothing to merge. */
  readonly isMerged: boolean
  /** Nothing else stands on the image then, and it may go. */
  readonly isFree: boolean
}

export interface MergeFacts {
  /** The disks as they are now. */
  readonly disks: readonly Disk[]
  readonly others: readonly ReadSnapshot[]
}

/**
 * What is to be merged so that a snapshot may go, and nothing else changes.
 *
 * @throws DomainError where another snapshot keeps the image that would be written to.
 */
export function planMerges(snapshot: ReadSnapshot, facts: MergeFacts): readonly Merge[] {
  return snapshot.kept.disks.flatMap(({ name: target, snapshot: kind, file }): readonly Merge[] => {
    const into = keptImage(snapshot, target)
    if (kind !== 'external' || file === undefined || into === undefined) return []
    const chain = chainOf(facts.disks, target)
    const isMerged = !chain.includes(file)
    const users = facts.others.filter((one) => chainOf(one.disks, target).includes(file))
    if (!isMerged) checkMerge({ target, file, into, chain }, snapshot, facts)
    return [{ target, file, into, isMerged, isFree: !isMerged || users.length === 0 }]
  })
}

interface Planned {
  readonly target: string
  readonly file: string
  readonly into: ImageFile
  readonly chain: readonly string[]
}

function checkMerge(
  { target, file, into, chain }: Planned,
  { row }: ReadSnapshot,
  { others }: MergeFacts,
): void {
  const refuse = (why: string): never => {
    throw domainError(
      'ERR_CONFIG_UNSUPPORTED',
      `snapshot ${quote(row.name)} cannot be deleted with its images: ${why}; delete that one first, or only forget this one (--metadata)`,
    )
  }
  if (chain[chain.indexOf(file) + 1] !== into.file)
    refuse(`${quote(file, 200)} does not stand on ${quote(into.file, 200)} any more`)
  for (const other of others) {
    const images = chainOf(other.disks, target)
    const shown = `snapshot ${quote(other.row.name)}`
    if (images.includes(into.file) && !images.includes(file))
      refuse(`${shown} keeps ${quote(into.file, 200)} too`)
    const above = other.kept.disks.find((one) => one.name === target)?.file
    if (images[0] === file && above !== undefined && !chain.includes(above))
      refuse(`what came after ${shown} stands on ${quote(file, 200)} beside the disk's own images`)
  }
}
