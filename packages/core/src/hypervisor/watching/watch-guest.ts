import { setTimeout as sleep } from 'node:timers/promises'
import { quote } from '../../errors.ts'
import { QmpClient } from '../../qmp/index.ts'
import type { QmpEvent } from '../../qmp/index.ts'
import { connectUnix } from '../../run/connect-unix.ts'
import { isAlive } from '../../run/process-identity.ts'
import type { ActiveGlance, DomainGlance, Store } from '../../store/index.ts'
import { eventsSocket } from '../layout.ts'
import { stateOf } from '../monitor.ts'

/** Events that are written down for all who watch, for no state shows them, or not for long enough to be seen. */
const told: readonly QmpEvent['name'][] = [
  'RESET',
  'BLOCK_WRITE_THRESHOLD',
  'WATCHDOG',
  'GUEST_PANICKED',
  'GUEST_CRASHLOADED',
]

/** Events behind which the guest may be in another state. */
const turns: readonly QmpEvent['name'][] = [
  'STOP',
  'RESUME',
  'SHUTDOWN',
  'SUSPEND',
  'SUSPEND_DISK',
  'WAKEUP',
  'GUEST_PANICKED',
  'EVENTS_LOST',
]

/** How long a process may take to end behind its monitor, in milliseconds. */
const endMs = 10_000

/** How long a look of an earlier watcher may hold us up before we are heard, in milliseconds. */
const greetingMs = 2 ** 31 - 1

export interface WatchedGuest {
  readonly store: Store
  readonly record: DomainGlance
  readonly active: ActiveGlance
  readonly signal: AbortSignal
  /** There is something to look at: the guest's state, or its end. */
  changed(): void
}

/**
 * Listens to a QEMU on the socket that is there for that alone, until it ends or the signal aborts.
 * QEMU talks to one listener; others wait in its queue, take over when that one leaves, and see QEMU's
 * death in the meantime: the connection ends.
 *
 * @returns false where this QEMU has no such socket.
 */
export async function watchGuest(guest: WatchedGuest): Promise<boolean> {
  const { active, record, signal, changed } = guest
  try {
    const transport = await connectUnix({
      path: eventsSocket(active.stateDir),
      timeoutMs: 1,
      signal,
    })
    await using qmp = await QmpClient.connect({
      transport,
      signal,
      timeoutMs: greetingMs,
      peer: `domain ${quote(record.domain.name, 200)}`,
    })
    // What happened before anybody listened.
    await settle(guest, qmp)
    for await (const event of qmp.events({ signal })) await hear(guest, qmp, event)
  } catch {
    if (isAlive(active.process) && !signal.aborted) return false
  }
  const deadline = performance.now() + endMs
  while (isAlive(active.process) && performance.now() < deadline && !signal.aborted) await sleep(20)
  changed()
  return true
}

async function hear(guest: WatchedGuest, qmp: QmpClient, event: QmpEvent): Promise<void> {
  const { store, active, record } = guest
  if (told.includes(event.name)) {
    store.addGuestEvent({
      uuid: active.uuid,
      id: active.id,
      name: record.domain.name,
      event: event.name,
      data: event.data as Readonly<Record<string, unknown>>,
      timestampMs: ('timestampMs' in event ? event.timestampMs : undefined) ?? Date.now(),
    })
  }
  if (turns.includes(event.name)) await settle(guest, qmp)
}

/** Brings the stored state to what QEMU says, unless somebody is changing it right now. */
async function settle(
  { store, active: { uuid, id }, changed }: WatchedGuest,
  qmp: QmpClient,
): Promise<void> {
  const { status } = await qmp.execute('query-status')
  const record = store.get(uuid)
  if (record?.active?.id !== id) return
  // What the definition asks for then is done by whoever looks.
  if (status === 'shutdown' || status === 'guest-panicked') return changed()
  if (record.job !== undefined) return
  const now = stateOf(status, record.active)
  if (now !== record.active) store.setState(record.active, now.state, now.reason)
}
