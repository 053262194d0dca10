import type { Database } from './database.ts'

/** What happens to documents of drivers: networks, storage pools, secrets. */
export type DocumentEventName =
  | 'defined'
  | 'undefined'
  | 'started'
  | 'stopped'
  | 'created'
  | 'deleted'
  | 'refreshed'
  | 'value-changed'

export interface DocumentEvent {
  /** Rises with each event of a root. */
  readonly number: number
  /** Of what: `network`, `storage`, `secret`. */
  readonly kind: string
  readonly uuid: string
  readonly name: string
  readonly event: DocumentEventName
  readonly timestampMs: number
}

/** What happened to documents: whoever makes it happen writes it down, for all who watch. */
export interface DocumentEvents {
  /** Those of a kind behind a number, oldest first; the last thousand of all kinds are kept. */
  documentEventsAfter(kind: string, number: number): readonly DocumentEvent[]
  lastDocumentEvent(): number
}

const kept = 1000

export function openDocumentEvents(database: Database): DocumentEvents {
  return {
    documentEventsAfter: (kind, number) => {
      const sql = 'SELECT * FROM document_events WHERE kind = ? AND number > ? ORDER BY number'
      return database.all(sql, kind, number).map((row) => ({
        number: Number(row['number']),
        kind: String(row['kind']),
        uuid: String(row['uuid']),
        name: String(row['name']),
        event: String(row['event']) as DocumentEventName,
        timestampMs: Number(row['at']),
      }))
    },
    lastDocumentEvent: () => last(database),
  }
}

function last(database: Database): number {
  const row = database.get('SELECT max(number) AS last FROM document_events')
  return Number(row?.['last'] ?? 0)
}

/** A part of whatever change the event is of. */
export function insertDocumentEvent(
  database: Database,
  { kind, uuid, name, event, timestampMs }: Omit<DocumentEvent, 'number'>,
): void {
  const sql = 'INSERT INTO document_events (kind, uuid, name, event, at) VALUES (?, ?, ?, ?, ?)'
  database.run(sql, kind, uuid, name, event, timestampMs)
  database.run('DELETE FROM document_events WHERE number <= ?', last(database) - kept)
}
