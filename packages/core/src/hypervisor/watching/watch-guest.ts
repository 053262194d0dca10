import { setTimeout as sleep } from 'node:timers/promises'
import { quote } from '../../errors.ts'
import { MonitorError, QmpClient } from '../../qmp/index.ts'
import type { QmpEvent } from '../../qmp/index.ts'
import { connectUnix } from '../../run/connect-unix.ts'
import { isAlive } from '../../run/process-identity.ts'
import type { ActiveGlance, DomainGlance, Store } from '../../store/index.ts'
import { eventsSocket } from '../layout.ts'
import { stateOf } from '../monitor.ts'
import { Allowance } from './allowance.ts'
import { guestEvent, isTold } from './guest-event.ts'

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

/** What is written down of one guest in a second: what it may make happen has no end. */
const eventsPerSecond = 100

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
  const { active, signal, changed } = guest
  const broken = await listen(guest)
  const lives = (): boolean => isAlive(active.process) && !signal.aborted
  if (broken !== undefined && lives()) {
    if (broken === 'protocol') tellBroken(guest)
    return false
  }
  const deadline = performance.now() + endMs
  while (lives() && performance.now() < deadline) await sleep(20)
  changed()
  return !lives()
}

/** Hears what there is; resolves with why that ended, where it is not that QEMU hung up. */
async function listen(guest: WatchedGuest): Promise<'protocol' | 'unheard' | undefined> {
  const { active, record, signal } = guest
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
    const allowance = new Allowance(eventsPerSecond)
    for await (const event of qmp.events({ signal })) {
      if (isTold(event.name) && allowance.take()) tell(guest, event)
      if (turns.includes(event.name)) await settle(guest, qmp)
    }
    if (signal.aborted) return undefined
    return (await qmp.closed)?.failure === 'protocol' ? 'protocol' : undefined
  } catch (error) {
    return error instanceof MonitorError && error.failure === 'protocol' ? 'protocol' : 'unheard'
  }
}

/** Whoever listens next finds the same, and it is told once of a run. */
function tellBroken({ store, active: { uuid, id }, record }: WatchedGuest): void {
  store.addGuestEventOnce({ uuid, id, name: record.domain.name }, { event: 'control-error' })
}

/** Writes down for all who watch what no state shows, or not for long enough to be seen. */
function tell({ store, active, record }: WatchedGuest, event: QmpEvent): void {
  if (event.name === 'EVENTS_LOST') return
  const { uuid, id } = active
  const known = store.get(uuid)
  // The next run of a domain has other disks.
  const facts = guestEvent(event, known?.active?.id === id ? known : {})
  if (facts === undefined) return
  const subject = { uuid, id, name: record.domain.name }
  store.addGuestEvents(subject, [facts], event.timestampMs ?? Date.now())
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
