import type { RunReference } from './activity.ts'
import type { Database } from './database.ts'
import type { SqlRow } from './rows.ts'

/** A file or device by what it is, whatever it is called. */
export interface ImageIdentity {
  /** `st_dev` of a file; `st_rdev` of a device, with an inode of `device`. */
  readonly device: string
  readonly inode: string
}

/** An image that one run has open. */
export interface ImageUse extends ImageIdentity {
  readonly path: string
  readonly writes: boolean
  /** The document says that others write it, too. */
  readonly shared: boolean
}

/** Whose an image was before QEMU was given it. */
export interface ImageOwner extends ImageIdentity {
  readonly path: string
  readonly uid: number
  readonly gid: number
}

/** A use that is in the way, and whose it is. */
export interface ImageConflict {
  readonly wanted: ImageUse
  readonly held: ImageUse
  readonly run: RunReference
}

/** Who uses which image, and whose images were before. */
export interface Images {
  /**
   * Records all of these as used by a run, or, where another run writes one of them or would be
   * written under, none of them.
   */
  claimImages(run: RunReference, uses: readonly ImageUse[]): ImageConflict | undefined
  imagesOf(run: RunReference): readonly ImageUse[]
  /** Forgets what a run uses, all of it or these images. */
  releaseImages(run: RunReference, images?: readonly ImageIdentity[]): void
  /** Remembers whose an image is, where that is not known yet. */
  rememberOwner(owner: ImageOwner): void
  /** Whose the images of a run were before. */
  ownersOf(run: RunReference): readonly ImageOwner[]
  /**
   * Images of a run that no other run here has are not given back: they go on with their guest, but for
   * those that it has left behind.
   */
  keepImages(run: RunReference, left?: readonly string[]): void
  /** Images that have come with their guest are given back to these, whoever lent them on the way. */
  adoptImages(owners: readonly ImageOwner[]): void
  /**
   * Has images that no run uses any more given back: each is forgotten when `give` says that its
   * owner has it. Nobody can begin to use one meanwhile.
   */
  returnImages(give: (owner: ImageOwner) => boolean): void
}

export function openImages(database: Database): Images {
  const conflictOf = (run: RunReference, wanted: ImageUse): ImageConflict | undefined => {
    const sql =
      'SELECT * FROM image_uses WHERE device = ? AND inode = ? AND NOT (uuid = ? AND id = ?)'
    const others = database.all(sql, wanted.device, wanted.inode, run.uuid, run.id)
    for (const row of others) {
      const held = readUse(row)
      const fine = (!wanted.writes && !held.writes) || (wanted.shared && held.shared)
      if (!fine) return { wanted, held, run: { uuid: String(row['uuid']), id: Number(row['id']) } }
    }
    return undefined
  }
  const sameImage = 'u.device = o.device AND u.inode = o.inode'
  const unused = (): readonly ImageOwner[] =>
    database
      .all(
        `SELECT * FROM image_owners AS o WHERE NOT EXISTS
           (SELECT 1 FROM image_uses AS u WHERE ${sameImage})`,
      )
      .map(readOwner)
  return {
    claimImages: (run, uses) =>
      database.write(() => {
        for (const use of uses) {
          const conflict = conflictOf(run, use)
          if (conflict !== undefined) return conflict
        }
        for (const { device, inode, path, writes, shared } of uses) {
          database.run(
            'INSERT OR REPLACE INTO image_uses VALUES (?, ?, ?, ?, ?, ?, ?)',
            device,
            inode,
            run.uuid,
            run.id,
            path,
            writes ? 1 : 0,
            shared ? 1 : 0,
          )
        }
        return undefined
      }),
    imagesOf: ({ uuid, id }) =>
      database.all('SELECT * FROM image_uses WHERE uuid = ? AND id = ?', uuid, id).map(readUse),
    releaseImages: ({ uuid, id }, images) =>
      database.write(() => {
        if (images === undefined) {
          database.run('DELETE FROM image_uses WHERE uuid = ? AND id = ?', uuid, id)
          return
        }
        const sql = 'DELETE FROM image_uses WHERE uuid = ? AND id = ? AND device = ? AND inode = ?'
        for (const { device, inode } of images) database.run(sql, uuid, id, device, inode)
      }),
    rememberOwner: ({ device, inode, path, uid, gid }) =>
      database.write(() => {
        const sql = 'INSERT OR IGNORE INTO image_owners VALUES (?, ?, ?, ?, ?)'
        database.run(sql, device, inode, path, uid, gid)
      }),
    ownersOf: ({ uuid, id }) =>
      database
        .all(
          `SELECT o.* FROM image_owners AS o JOIN image_uses AS u ON ${sameImage}
             WHERE u.uuid = ? AND u.id = ?`,
          uuid,
          id,
        )
        .map(readOwner),
    keepImages: ({ uuid, id }, left = []) =>
      database.write(() => {
        const sql = `DELETE FROM image_owners AS o WHERE
            EXISTS (SELECT 1 FROM image_uses AS u WHERE ${sameImage} AND u.uuid = ? AND u.id = ?)
          AND NOT EXISTS
            (SELECT 1 FROM image_uses AS u WHERE ${sameImage} AND NOT (u.uuid = ? AND u.id = ?))
          AND NOT EXISTS (SELECT 1 FROM json_each(?) AS l WHERE l.value = o.path)`
        database.run(sql, uuid, id, uuid, id, JSON.stringify(left))
      }),
    adoptImages: (owners) =>
      database.write(() => {
        const sql = 'INSERT OR REPLACE INTO image_owners VALUES (?, ?, ?, ?, ?)'
        for (const { device, inode, path, uid, gid } of owners)
          database.run(sql, device, inode, path, uid, gid)
      }),
    returnImages: (give) => {
      // Of a start that died: neither its run nor its job is there any more.
      const orphans = `FROM image_uses AS u WHERE NOT EXISTS
          (SELECT 1 FROM active AS a WHERE a.uuid = u.uuid AND a.id = u.id)
        AND NOT EXISTS (SELECT 1 FROM jobs AS j WHERE j.uuid = u.uuid)`
      if (database.get(`SELECT 1 ${orphans}`) !== undefined)
        database.write(() => database.run(`DELETE ${orphans}`))
      // Most machines never have any: that is asked without holding up a writer.
      if (database.get('SELECT 1 FROM image_owners') === undefined) return
      database.write(() => {
        const sql = 'DELETE FROM image_owners WHERE device = ? AND inode = ?'
        for (const owner of unused()) if (give(owner)) database.run(sql, owner.device, owner.inode)
      })
    },
  }
}

function readUse(row: SqlRow): ImageUse {
  return {
    device: String(row['device']),
    inode: String(row['inode']),
    path: String(row['path']),
    writes: row['writes'] === 1,
    shared: row['shared'] === 1,
  }
}

function readOwner(row: SqlRow): ImageOwner {
  return {
    device: String(row['device']),
    inode: String(row['inode']),
    path: String(row['path']),
    uid: Number(row['uid']),
    gid: Number(row['gid']),
  }
}
