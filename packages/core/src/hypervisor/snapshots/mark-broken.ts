import type { SnapshotRow, Store } from '../../store/index.ts'
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

/** Images of a disk went down into those below: snapshots that kept one of those are none any more. */
export function markMerged(store: Store, uuid: string, dropped: readonly string[]): void {
  for (const row of store.snapshots(uuid)) {
    const files = readKept(row).disks.flatMap(({ file }) => file ?? [])
    if (files.some((file) => dropped.includes(file))) markBroken(store, row)
  }
}
