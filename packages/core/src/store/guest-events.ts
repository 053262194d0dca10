import type { Database } from './database.ts'

/** Something that a QEMU told and no state shows, such as a reset. */
export interface GuestEvent {
  readonly uuid: string
  /** The run that it is of. */
  readonly id: number
  readonly name: string
  /** QEMU's name of it: `RESET`. */
  readonly event: string
  readonly data: Readonly<Record<string, unknown>>
  readonly timestampMs: number
}

export interface NumberedGuestEvent extends GuestEvent {
  /** Rises with each event of a root. */
  readonly number: number
}

/** What guests told: whoever hears it writes it down, for all who watch. */
export interface GuestEvents {
  addGuestEvent(event: GuestEvent): void
  /** Those behind a number, oldest first; the last thousand are kept. */
  guestEventsAfter(number: number): readonly NumberedGuestEvent[]
  lastGuestEvent(): number
}

const kept = 1000

export function openGuestEvents(database: Database): GuestEvents {
  const last = (): number => {
    const row = database.get('SELECT max(number) AS last FROM guest_events')
    return Number(row?.['last'] ?? 0)
  }
  return {
    addGuestEvent: ({ uuid, id, name, event, data, timestampMs }) =>
      database.write(() => {
        database.run(
          'INSERT INTO guest_events (uuid, id, name, event, data, at) VALUES (?, ?, ?, ?, ?, ?)',
          uuid,
          id,
          name,
          event,
          JSON.stringify(data),
          timestampMs,
        )
        database.run('DELETE FROM guest_events WHERE number <= ?', last() - kept)
      }),
    guestEventsAfter: (number) =>
      database
        .all('SELECT * FROM guest_events WHERE number > ? ORDER BY number', number)
        .map((row) => ({
          number: Number(row['number']),
          uuid: String(row['uuid']),
          id: Number(row['id']),
          name: String(row['name']),
          event: String(row['event']),
          data: JSON.parse(String(row['data'])) as GuestEvent['data'],
          timestampMs: Number(row['at']),
        })),
    lastGuestEvent: last,
  }
}
