import { number, object, optional } from '../../qmp/shape.ts'
import type { EventFacts } from '../interface/events.ts'
import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'

/** libvirt's numbers of what a job was for: `virDomainJobOperation`. */
const jobOperations: { readonly [kind: string]: number | undefined } = {
  save: 2,
  migrate: 5,
  snapshot: 6,
  backup: 9,
}

type Stats = Readonly<Record<string, string | number | boolean>>

export function jobCompleted(kind: string, stats: Stats): EventFacts {
  return { event: 'job-completed', stats: { operation: jobOperations[kind] ?? 0, ...stats } }
}

/** Optional numbers by QEMU's names. */
type Numbers<Name extends string> = { readonly [Key in Name]?: number }

type Ram = Numbers<
  | 'transferred'
  | 'remaining'
  | 'total'
  | 'mbps'
  | 'duplicate'
  | 'normal'
  | 'normal-bytes'
  | 'dirty-pages-rate'
  | 'dirty-sync-count'
  | 'postcopy-requests'
  | 'page-size'
>

type Sent = Numbers<'total-time' | 'downtime' | 'setup-time'> & { readonly ram?: Ram }

const sent = object<Sent>({
  'total-time': optional(number),
  downtime: optional(number),
  'setup-time': optional(number),
  ram: optional(
    object<Ram>({
      transferred: optional(number),
      remaining: optional(number),
      total: optional(number),
      mbps: optional(number),
      duplicate: optional(number),
      normal: optional(number),
      'normal-bytes': optional(number),
      'dirty-pages-rate': optional(number),
      'dirty-sync-count': optional(number),
      'postcopy-requests': optional(number),
      'page-size': optional(number),
    }),
  ),
})

/** Tells those who watch that QEMU has sent its guest, and how that went; one that cannot say is not asked again. */
export async function tellSent(rooms: Rooms, running: Running, kind: string): Promise<void> {
  const { active, domain } = running
  const info = await rooms.ask(running, (qmp) => qmp.ask('query-migrate', sent)).catch(() => ({}))
  const subject = { uuid: active.uuid, id: active.id, name: domain.name }
  rooms.store.addGuestEvents(subject, [jobCompleted(kind, statsOf(info))], Date.now())
}

function statsOf({ ram = {}, ...times }: Sent): Stats {
  const { total, remaining, transferred } = ram
  const named = {
    time_elapsed: times['total-time'],
    downtime: times.downtime,
    setup_time: times['setup-time'],
    data_total: total,
    data_processed: transferred,
    data_remaining: remaining,
    memory_total: total,
    memory_processed: transferred,
    memory_remaining: remaining,
    memory_bps: ram.mbps === undefined ? undefined : Math.round((ram.mbps * 1e6) / 8),
    memory_constant: ram.duplicate,
    memory_normal: ram.normal,
    memory_normal_bytes: ram['normal-bytes'],
    memory_dirty_rate: ram['dirty-pages-rate'],
    memory_iteration: ram['dirty-sync-count'],
    memory_postcopy_requests: ram['postcopy-requests'],
    memory_page_size: ram['page-size'],
  }
  return Object.fromEntries(
    Object.entries(named).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}
