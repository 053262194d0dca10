import type { RunReference } from './activity.ts'
import type { Database } from './database.ts'
import { openMoments } from './moments.ts'
import type { MomentRow, NewMoment, ToldMoment } from './moments.ts'
import { readActive } from './rows.ts'
import type { RunFacts } from './rows.ts'

/** One checkpoint of a domain, as it is stored: its `xml` is a `<domaincheckpoint>`. */
export type CheckpointRow = MomentRow

/** What is known of checkpoints: a tree for each domain. */
export interface Checkpoints {
  /** Oldest first. */
  checkpoints(uuid: string): readonly CheckpointRow[]
  /** @throws DomainError `ERR_NO_DOMAIN_CHECKPOINT` */
  checkpoint(uuid: string, name: string): CheckpointRow
  /** Becomes the current one, below the one that was. A name that is taken is refused. */
  addCheckpoint(checkpoint: NewMoment): CheckpointRow
  /** Stores what a document says of one, at the place in the tree that it says. */
  redefineCheckpoint(checkpoint: ToldMoment): CheckpointRow
  /** Its children become its parent's; where it was current, its parent is. */
  removeCheckpoint(uuid: string, name: string): void
  /** A backup that has begun, with the checkpoint of its moment: both, or neither. */
  beginBackup(
    run: RunReference,
    backup: NonNullable<RunFacts['backup']>,
    checkpoint?: NewMoment,
  ): void
}

export function openCheckpoints(database: Database, now: () => number): Checkpoints {
  const moments = openMoments(database, now, {
    table: 'checkpoints',
    code: 'ERR_NO_DOMAIN_CHECKPOINT',
    what: 'checkpoint',
  })
  return {
    checkpoints: moments.all,
    checkpoint: moments.need,
    addCheckpoint: moments.add,
    redefineCheckpoint: moments.redefine,
    removeCheckpoint: moments.remove,
    beginBackup: ({ uuid, id }, backup, checkpoint) =>
      database.write(() => {
        const row = database.get('SELECT * FROM active WHERE uuid = ? AND id = ?', uuid, id)
        if (row === undefined) return
        const facts = JSON.stringify({ ...readActive(row).facts, backup })
        database.run('UPDATE active SET facts = ? WHERE uuid = ? AND id = ?', facts, uuid, id)
        if (checkpoint !== undefined) moments.add(checkpoint)
      }),
  }
}
