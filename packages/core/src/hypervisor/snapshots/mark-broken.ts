import type { SnapshotRow, Store } from '../../store/index.ts'
import { chainOf, readSnapshot } from './image-chains.ts'
import { formatSnapshot, readKept } from './snapshot-document.ts'

/** From now on the images of a snapshot change: it holds no whole state any more, and says so. */
export function markBroken(store: Store, row: SnapshotRow): void {
  const { uuid, name, parent, createdAtMs } = row
  const kept = readKept(row)
  if (kept.deleting) return
  const xml = formatSnapshot({
    ...kept,
    name,
    createdAtMs,
    deleting: true,
    ...(parent !== undefined && { parent }),
  })
  store.replaceSnapshotXml(uuid, name, xml)
}

/** What is about to be written down a disk's images. */
export interface MergeRange {
  readonly target: string
  /** The images of the disk, the one in use first. */
  readonly chain: readonly string[]
  /** The highest image whose content goes down, and the one that takes it. */
  readonly from: string
  readonly into: string
}

/**
 * The snapshots that keep the image which is written to from now on, and see less of what goes into it than
 * all: nobody can go back to those any more.
 */
export function mergedSnapshots(
  store: Store,
  uuid: string,
  { target, chain, from, into }: MergeRange,
): readonly SnapshotRow[] {
  return store.snapshots(uuid).filter((row) => {
    const [top, ...below] = chainOf(readSnapshot(row).disks, target)
    if (top === undefined || ![top, ...below].includes(into)) return false
    const at = chain.indexOf(top)
    return at === -1 || at > chain.indexOf(from)
  })
}
