import { domainError, quote } from '../errors.ts'
import type { Database } from './database.ts'
import { insertEvents } from './guest-events.ts'
import {
  activeGlance,
  domainGlance,
  glanceActive,
  glanceDomain,
  readActive,
  readDomain,
  readJob,
  readState,
} from './rows.ts'
import type {
  ActiveGlance,
  ActiveRow,
  DomainGlance,
  DomainRecord,
  DomainRow,
  SqlRow,
} from './rows.ts'

/** A domain as it is to be stored. */
export interface DomainDefinition {
  /** Lower case. */
  readonly uuid: string
  readonly name: string
  readonly xml: string
  readonly arch: string
  readonly machine: string
  readonly virtType: string
  readonly title?: string
}

/** Definitions, and what is known of each domain. */
export interface Domains {
  /**
   * Stores or replaces a persistent definition. One with this name and another UUID, or this UUID
   * and another name, is in the way and is named.
   */
  define(definition: DomainDefinition): { readonly domain: DomainRow; readonly replaced: boolean }
  /**
   * Stores a domain that lives until it is deactivated; its xml is kept where it runs. A persistent
   * domain that is not active stays what it is, and merely runs something else this time.
   */
  defineTransient(definition: Omit<DomainDefinition, 'xml'>): DomainRow
  /** Removes a transient domain that never came to run; false where there is none such. */
  forgetTransient(uuid: string): boolean
  /** Replaces the definition of a domain that is not active by one of another name. */
  rename(definition: DomainDefinition): DomainRow
  /** Removes a definition; an active domain becomes transient. */
  undefine(uuid: string): void
  setAutostart(uuid: string, autostart: boolean): void
  /** Active domains by id, then the others by name. */
  list(): readonly DomainRecord[]
  /** What {@link list} gives, without documents and command lines. */
  glance(): readonly DomainGlance[]
  get(uuid: string): DomainRecord | undefined
  /** By id, then UUID, then name, as virsh does. */
  lookup(reference: string): DomainRecord | undefined
}

/** How rows are read, and which columns that takes; all where none are named. */
interface Reader<Domain, Active> {
  readonly domain: { readonly columns?: string; readonly read: (row: SqlRow) => Domain }
  readonly active: { readonly columns?: string; readonly read: (row: SqlRow) => Active }
}

const whole: Reader<DomainRow, ActiveRow> = {
  domain: { read: readDomain },
  active: { read: readActive },
}

const short: Reader<DomainGlance['domain'], ActiveGlance> = {
  domain: { columns: domainGlance, read: glanceDomain },
  active: { columns: activeGlance, read: glanceActive },
}

export function openDomains(database: Database, now: () => number): Domains {
  const find = (where: string, value: string | number): DomainRow | undefined => {
    const row = database.get(`SELECT * FROM domains WHERE ${where} = ?`, value)
    return row && readDomain(row)
  }
  const need = (uuid: string): DomainRow => find('uuid', uuid) ?? noDomain(uuid)
  const isActive = (uuid: string): boolean =>
    database.get('SELECT 1 FROM active WHERE uuid = ?', uuid) !== undefined

  const store = (definition: Omit<DomainDefinition, 'xml'>, xml: string | null): DomainRow => {
    const { uuid, name, arch, machine, virtType, title } = definition
    const at = now()
    database.run(
      `INSERT INTO domains (uuid, name, xml, arch, machine, virt_type, title, created_at, updated_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (uuid) DO UPDATE SET xml = excluded.xml, arch = excluded.arch,
         machine = excluded.machine, virt_type = excluded.virt_type, title = excluded.title,
         updated_at = excluded.updated_at`,
      uuid,
      name,
      xml,
      arch,
      machine,
      virtType,
      title ?? null,
      at,
      at,
    )
    return need(uuid)
  }

  /** Of what it was before, nothing is left to see. */
  const tellUpdate = ({ uuid, name }: DomainDefinition): void => {
    const id = Number(database.get('SELECT id FROM active WHERE uuid = ?', uuid)?.['id'] ?? 0)
    const facts = [{ event: 'defined', detail: 'updated' } as const]
    insertEvents(database, { subject: { uuid, id, name }, facts, timestampMs: now() })
  }

  /** The domain with this name and UUID, if any; throws for one with only half of it. */
  const same = (definition: Omit<DomainDefinition, 'xml'>): DomainRow | undefined => {
    const { uuid, name } = definition
    const byUuid = find('uuid', uuid)
    if (byUuid && byUuid.name !== name) {
      throw domainError(
        'ERR_OPERATION_FAILED',
        `domain ${quote(byUuid.name, 200)} is already defined with uuid ${uuid}`,
      )
    }
    const byName = find('name', name)
    if (byName && byName.uuid !== uuid) {
      throw domainError(
        'ERR_OPERATION_FAILED',
        `domain ${quote(name, 200)} already exists with uuid ${byName.uuid}`,
      )
    }
    return byUuid
  }

  /** All there is of each domain, of one moment, read by whoever knows how much of it is wanted. */
  const gather = <Domain extends DomainGlance['domain'], Active>(
    { domain: readOne, active: readRun }: Reader<Domain, Active>,
    where = '',
    ...values: string[]
  ) =>
    database.read(() => {
      const rows = (table: string, columns = '*'): ReadonlyMap<string, SqlRow> => {
        const all = database.all(`SELECT ${columns} FROM ${table} ${where}`, ...values)
        return new Map(all.map((row) => [row['uuid'] as string, row]))
      }
      const active = rows('active', readRun.columns)
      const [states, jobs] = [rows('last_state'), rows('jobs')]
      return [...rows('domains', readOne.columns).values()].map((row) => {
        const domain = readOne.read(row)
        const [running, state, job] = [active, states, jobs].map((map) => map.get(domain.uuid))
        return {
          domain,
          ...(running ? { active: readRun.read(running) } : {}),
          ...(state && !running ? { lastState: readState(state) } : {}),
          ...(job ? { job: readJob(job) } : {}),
        }
      })
    })

  const get = (uuid: string): DomainRecord | undefined => gather(whole, 'WHERE uuid = ?', uuid)[0]

  return {
    define: (definition) =>
      database.write(() => {
        const before = same(definition)
        const replaced = before?.persistent === true
        if (replaced) tellUpdate(definition)
        return { domain: store(definition, definition.xml), replaced }
      }),
    defineTransient: (definition) =>
      database.write(() => {
        const before = same(definition)
        if (before && isActive(before.uuid)) {
          const message = `domain ${quote(before.name, 200)} is already active`
          throw domainError('ERR_OPERATION_INVALID', message)
        }
        return before?.persistent === true ? before : store(definition, null)
      }),
    forgetTransient: (uuid) =>
      database.write(() => {
        const sql = 'DELETE FROM domains WHERE uuid = ? AND xml IS NULL'
        return !isActive(uuid) && database.run(sql, uuid) === 1
      }),
    rename: (definition) =>
      database.write(() => {
        const { uuid, name, xml } = definition
        const other = find('name', name)
        if (other !== undefined && other.uuid !== uuid) {
          throw domainError(
            'ERR_OPERATION_INVALID',
            `domain with name ${quote(name, 200)} already exists`,
          )
        }
        if (isActive(uuid))
          throw domainError('ERR_OPERATION_INVALID', 'cannot rename active domain')
        const sql = 'UPDATE domains SET name = ?, xml = ?, updated_at = ? WHERE uuid = ?'
        if (database.run(sql, name, xml, now(), uuid) !== 1) noDomain(uuid)
        return need(uuid)
      }),
    undefine: (uuid) =>
      database.write(() => {
        if (!need(uuid).persistent) {
          throw domainError('ERR_OPERATION_INVALID', 'cannot undefine transient domain')
        }
        if (!isActive(uuid)) return void database.run('DELETE FROM domains WHERE uuid = ?', uuid)
        const sql = 'UPDATE domains SET xml = NULL, autostart = 0, updated_at = ? WHERE uuid = ?'
        return void database.run(sql, now(), uuid)
      }),
    setAutostart: (uuid, autostart) =>
      database.write(() => {
        if (!need(uuid).persistent) {
          throw domainError('ERR_OPERATION_INVALID', 'cannot set autostart for transient domain')
        }
        const sql = 'UPDATE domains SET autostart = ? WHERE uuid = ?'
        database.run(sql, autostart ? 1 : 0, uuid)
      }),
    list: () => gather(whole).toSorted(byIdThenName),
    glance: () => gather(short).toSorted(byIdThenName),
    get,
    lookup: (reference) =>
      database.read(() => {
        const byId = /^[1-9]\d{0,8}$/.test(reference)
          ? database.get('SELECT uuid FROM active WHERE id = ?', Number(reference))
          : undefined
        const found =
          byId ??
          database.get('SELECT uuid FROM domains WHERE uuid = ?', reference.toLowerCase()) ??
          database.get('SELECT uuid FROM domains WHERE name = ?', reference)
        return found && get(found['uuid'] as string)
      }),
  }
}

export function noDomain(uuid: string): never {
  throw domainError('ERR_NO_DOMAIN', `no domain with matching uuid ${quote(uuid)}`)
}

function byIdThenName(a: DomainGlance, b: DomainGlance): number {
  if (a.active && b.active) return a.active.id - b.active.id
  if (a.active || b.active) return a.active ? -1 : 1
  return a.domain.name < b.domain.name ? -1 : 1
}
