import type { EventFacts } from '../hypervisor/hypervisor.ts'
import type { Database } from './database.ts'

/** Whom an event is of. */
export interface EventSubject {
  readonly uuid: string
  /** The run that it is of; 0 where the domain does not run. */
  readonly id: number
  readonly name: string
}

/** Something that no state shows, such as a reset, and when it was. */
export interface StoredEvent extends EventSubject {
  /** Rises with each event of a root. */
  readonly number: number
  readonly facts: EventFacts
  readonly timestampMs: number
}

/** What guests told, and what was made of them: whoever knows it first writes it down, for all who watch. */
export interface GuestEvents {
  /** A power cut may take them back. */
  addGuestEvents(subject: EventSubject, facts: readonly EventFacts[], timestampMs: number): void
  /** Nothing where it is known of the run. */
  addGuestEventOnce(subject: EventSubject, facts: EventFacts): void
  /** Those behind a number, oldest first; the last thousand are kept. */
  guestEventsAfter(number: number): readonly StoredEvent[]
  lastGuestEvent(): number
}

const kept = 1000

export function openGuestEvents(database: Database, now: () => number): GuestEvents {
  return {
    addGuestEvents: (subject, facts, timestampMs) =>
      database.writeLoosely(() => insertEvents(database, { subject, facts, timestampMs })),
    addGuestEventOnce: (subject, facts) =>
      database.writeLoosely(() => {
        const { uuid, id } = subject
        const sql = 'SELECT 1 FROM guest_events WHERE uuid = ? AND id = ? AND event = ?'
        if (database.get(sql, uuid, id, facts.event) !== undefined) return
        insertEvents(database, { subject, facts: [facts], timestampMs: now() })
      }),
    guestEventsAfter: (number) =>
      database
        .all('SELECT * FROM guest_events WHERE number > ? ORDER BY number', number)
        .flatMap((row) => {
          const event = String(row['event'])
          // What an earlier release heard is there in QEMU's words.
          if (/^[A-Z]/.test(event)) return []
          const data = JSON.parse(String(row['data'])) as object
          return {
            number: Number(row['number']),
            uuid: String(row['uuid']),
            id: Number(row['id']),
            name: String(row['name']),
            facts: { event, ...data } as EventFacts,
            timestampMs: Number(row['at']),
          }
        }),
    lastGuestEvent: () => last(database),
  }
}

function last(database: Database): number {
  const row = database.get('SELECT max(number) AS last FROM guest_events')
  return Number(row?.['last'] ?? 0)
}

/** A part of whatever change the events are of. */
export function insertEvents(
  database: Database,
  {
    subject: { uuid, id, name },
    facts,
    timestampMs,
  }: {
    readonly subject: EventSubject
    readonly facts: readonly EventFacts[]
    readonly timestampMs: number
  },
): void {
  if (facts.length === 0) return
  for (const { event, ...data } of facts) {
    database.run(
      'INSERT INTO guest_events (uuid, id, name, event, data, at) VALUES (?, ?, ?, ?, ?, ?)',
      uuid,
      id,
      name,
      event,
      JSON.stringify(data),
      timestampMs,
    )
  }
  database.run('DELETE FROM guest_events WHERE number <= ?', last(database) - kept)
}
