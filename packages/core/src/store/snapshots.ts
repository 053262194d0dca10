import type { Database } from './database.ts'
import { openMoments } from './moments.ts'
import type { MomentRow, NewMoment, ToldMoment } from './moments.ts'

/** One snapshot of a domain, as it is stored: its `xml` is a `<domainsnapshot>`. */
export type SnapshotRow = MomentRow

export type NewSnapshot = NewMoment

/** What is known of snapshots: a tree for each domain. */
export interface Snapshots {
  /** Oldest first. */
  snapshots(uuid: string): readonly SnapshotRow[]
  /** @throws DomainError `ERR_NO_DOMAIN_SNAPSHOT` */
  snapshot(uuid: string, name: string): SnapshotRow
  /** Becomes the current one, below the one that was. A name that is taken is refused. */
  addSnapshot(snapshot: NewSnapshot): SnapshotRow
  /** Stores what a document says of one, at the place in the tree that it says. */
  redefineSnapshot(snapshot: ToldMoment): SnapshotRow
  setCurrentSnapshot(uuid: string, name: string): void
  replaceSnapshotXml(uuid: string, name: string, xml: string): void
  /** Its children become its parent's; where it was current, its parent is. */
  removeSnapshot(uuid: string, name: string): void
}

export function openSnapshots(database: Database, now: () => number): Snapshots {
  const moments = openMoments(database, now, {
    table: 'snapshots',
    code: 'ERR_NO_DOMAIN_SNAPSHOT',
    what: 'snapshot',
  })
  return {
    snapshots: moments.all,
    snapshot: moments.need,
    addSnapshot: moments.add,
    redefineSnapshot: moments.redefine,
    setCurrentSnapshot: moments.setCurrent,
    replaceSnapshotXml: moments.replaceXml,
    removeSnapshot: moments.remove,
  }
}
