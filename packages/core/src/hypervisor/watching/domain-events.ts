import { setTimeout as sleep } from 'node:timers/promises'
import type { StoredEvent } from '../../store/index.ts'
import type { DomainEvent, DomainSummary } from '../hypervisor.ts'
import { diffEvents } from '../events.ts'
import { summaryOf } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import { watchGuest } from './watch-guest.ts'
import { watchStore } from './watch-store.ts'

/** How often a guest is looked at whose QEMU has nothing to tell through, in milliseconds. */
const lookMs = 200

/**
 * What happens to domains, from now on: told by the store, which all processes write, and by each
 * QEMU. Nothing is asked for again and again, but of a QEMU that an earlier release started. The watch
 * ends with the signal, and with the connection.
 */
export async function* domainEvents(
  rooms: Rooms,
  signal: AbortSignal | undefined,
): AsyncGenerator<DomainEvent, void, undefined> {
  if (rooms.closed.aborted) return
  const watching = new Watching(rooms, signal)
  try {
    let before = await watching.look()
    let last = rooms.store.lastGuestEvent()
    const panicked = new Set<number | undefined>()
    while (await watching.turn()) {
      const after = await watching.look()
      const told: DomainEvent[] = []
      for (const one of rooms.store.guestEventsAfter(last)) {
        last = one.number
        told.push(asEvent(one))
      }
      // A panic comes before what was made of it, and is told by the guest alone where its QEMU is heard.
      const panics = told.filter(isPanic)
      for (const { domain } of panics) panicked.add(domain.id)
      // A run that has begun since the last look begins before it panics.
      const begun = new Set(before.map(({ id }) => id))
      yield* panics.filter(({ domain }) => begun.has(domain.id))
      for (const event of diffEvents(before, after, Date.now())) {
        if (isPanic(event) && !watching.isMute(event)) continue
        const isCrash = event.event === 'stopped' && panicked.delete(event.domain.id)
        yield isCrash && event.detail === 'failed' ? { ...event, detail: 'crashed' } : event
      }
      yield* panics.filter(({ domain }) => !begun.has(domain.id))
      yield* told.filter((event) => !isPanic(event))
      before = after
    }
  } catch (error) {
    // Whoever closes the connection in the middle of a look ends the watch, as the signal does.
    if (!rooms.closed.aborted) throw error
  } finally {
    watching.end()
  }
}

function isPanic(one: DomainEvent): boolean {
  return one.event === 'crashed' && (one.detail === 'panicked' || one.detail === 'crashloaded')
}

function asEvent({ uuid, id, name, facts, timestampMs }: StoredEvent): DomainEvent {
  return { domain: { name, uuid, ...(id > 0 && { id }) }, ...facts, timestampMs }
}

class Watching {
  readonly #rooms: Rooms
  readonly #done = new AbortController()
  readonly #signal: AbortSignal
  /** Runs that somebody of ours listens to, and those that cannot be listened to. */
  readonly #listening = new Set<number>()
  readonly #mute = new Set<number>()
  /** Runs whose guests are to be looked at before the next answer. */
  readonly #touched = new Set<string>()
  readonly #watcher: { close(): void }
  #turned = false
  #wake: (() => void) | undefined
  #first = true

  constructor(rooms: Rooms, signal: AbortSignal | undefined) {
    this.#rooms = rooms
    this.#signal = AbortSignal.any([this.#done.signal, rooms.closed, ...(signal ? [signal] : [])])
    this.#signal.addEventListener('abort', () => this.#wake?.(), { once: true })
    this.#watcher = watchStore(rooms.layout.libDir, () => this.#turn())
  }

  #turn(): void {
    this.#turned = true
    this.#wake?.()
  }

  /** Waits until something has happened; false when it is over. */
  async turn(): Promise<boolean> {
    const poll = this.#mute.size > 0
    if (!this.#turned && !this.#signal.aborted) {
      const woken = new Promise<void>((resolve) => (this.#wake = resolve))
      await (poll ? Promise.race([woken, sleep(lookMs)]) : woken)
      this.#wake = undefined
    }
    this.#turned = false
    return !this.#signal.aborted
  }

  /** Domains as the store has them; guests that are to be looked at are. */
  async look(): Promise<readonly DomainSummary[]> {
    const { liveness, store } = this.#rooms
    if (this.#first || this.#mute.size > 0) await liveness.refresh()
    this.#first = false
    for (const uuid of this.#touched) {
      this.#touched.delete(uuid)
      const record = store.get(uuid)
      if (record !== undefined) await liveness.current(record)
    }
    const records = store.glance()
    const runs = new Set(records.map(({ active }) => active?.id))
    for (const id of this.#mute) if (!runs.has(id)) this.#mute.delete(id)
    for (const record of records) {
      const { active } = record
      if (active === undefined || this.#listening.has(active.id)) continue
      this.#listening.add(active.id)
      void watchGuest({
        store,
        record,
        active,
        signal: this.#signal,
        changed: () => {
          this.#touched.add(active.uuid)
          this.#turn()
        },
      }).then((heard) => {
        if (!heard) this.#mute.add(active.id)
        this.#turn()
      })
    }
    return records.map(summaryOf)
  }

  /** Nothing tells of this guest but looking at it. */
  isMute({ domain: { id } }: DomainEvent): boolean {
    return id === undefined || this.#mute.has(id)
  }

  end(): void {
    this.#done.abort()
    this.#watcher.close()
  }
}
