import { DatabaseSync } from 'node:sqlite'
import { XMLValidator } from 'fast-xml-parser'

export interface StoredRun {
  readonly id: number
  readonly pid: number
  readonly startTime: number
  readonly state: string
  readonly stateDir: string
  readonly xml: string
  /** `push` or `pull`, while a backup is made. */
  readonly backup: string | undefined
}

export interface StoredDomain {
  readonly name: string
  readonly uuid: string
  readonly xml: string | undefined
  readonly autostart: boolean
  readonly run: StoredRun | undefined
  readonly snapshots: readonly string[]
  readonly checkpoints: readonly string[]
}

/** A store as another program reads it, and what is wrong with it. */
export interface StoreReading {
  readonly domains: readonly StoredDomain[]
  readonly problems: readonly string[]
}

type Row = Readonly<Record<string, string | number | null>>

/** Reads polyvirt's database without polyvirt: a fault in its own reading would hide what it wrote. */
export function readStore(path: string): StoreReading {
  const problems: string[] = []
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path)
    const all = (sql: string): readonly Row[] => database?.prepare(sql).all() as readonly Row[]
    const integrity = all('PRAGMA integrity_check').flatMap(Object.values)
    if (integrity.join() !== 'ok') problems.push(`${path}: integrity: ${integrity.join('; ')}`)
    if (all('PRAGMA foreign_key_check').length > 0) problems.push(`${path}: rows without an owner`)
    for (const table of ['jobs', 'document_jobs']) {
      for (const { kind, phase } of all(`SELECT * FROM ${table}`))
        problems.push(`${path}: a job is left: ${kind} (${phase})`)
    }
    for (const use of all('SELECT * FROM image_uses WHERE uuid NOT IN (SELECT uuid FROM active)'))
      problems.push(`${path}: ${use['path']} is held for a run that is over`)
    const runs = all('SELECT * FROM active')
    const moments = (table: 'snapshots' | 'checkpoints', uuid: unknown): readonly string[] =>
      all(`SELECT * FROM ${table} ORDER BY created_at, rowid`)
        .filter((row) => row['uuid'] === uuid)
        .map(
          ({ name, parent, is_current }) =>
            `${name} of ${parent}${is_current === 1 ? ', current' : ''}`,
        )
    const domains = all('SELECT * FROM domains ORDER BY name').map((row): StoredDomain => {
      const run = runs.find(({ uuid }) => uuid === row['uuid'])
      for (const xml of [row['xml'], run?.['xml']])
        if (typeof xml === 'string') problems.push(...xmlProblems(path, row, xml))
      return {
        name: String(row['name']),
        uuid: String(row['uuid']),
        xml: typeof row['xml'] === 'string' ? row['xml'] : undefined,
        autostart: row['autostart'] === 1,
        run: run && runOf(run),
        snapshots: moments('snapshots', row['uuid']),
        checkpoints: moments('checkpoints', row['uuid']),
      }
    })
    return { domains, problems }
  } catch (error) {
    return {
      domains: [],
      problems: [...problems, `${path}: cannot be read: ${String(error)}`],
    }
  } finally {
    database?.close()
  }
}

function runOf(row: Row): StoredRun {
  const facts = JSON.parse(String(row['facts'])) as { readonly backup?: { readonly mode: string } }
  return {
    id: Number(row['id']),
    pid: Number(row['pid']),
    startTime: Number(row['start_time']),
    state: String(row['state']),
    stateDir: String(row['state_dir']),
    xml: String(row['xml']),
    backup: facts.backup?.mode,
  }
}

function xmlProblems(path: string, row: Row, xml: string): readonly string[] {
  const what = `${path}: the document of ${row['name']}`
  const verdict = XMLValidator.validate(xml)
  if (verdict !== true) return [`${what} is torn: ${verdict.err.msg}`]
  if (!xml.includes(`<name>${row['name']}</name>`)) return [`${what} has another name`]
  return xml.includes(`<uuid>${row['uuid']}</uuid>`) ? [] : [`${what} has another UUID`]
}
