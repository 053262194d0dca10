import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { QmpEvent, QmpEventName, QmpEventOf } from '@polyvirt/core/qmp'
import type { EventfulMonitor } from './ask-live.ts'
import { guestCommand, type GuestReply } from './guest/guest-command.ts'
import { GuestError } from './guest/guest-error.ts'
import type { GuestReport } from './guest/guest-report.ts'
import { restartQuietMs } from './guest/patience.ts'
import { readReport } from './guest/read-report.ts'
import { takePicture, type Picture } from './picture.ts'
import type { Planned } from './plan-scenario.ts'
import type { StartedGuest } from './started-guest.ts'

/** A machine that runs, seen from outside. */
export interface FirmwareSession {
  readonly planned: Planned
  readonly qmp: EventfulMonitor
  /** Lets it go on: a machine that is to show its firmware waits for the word to begin. */
  go(): Promise<void>
  /** The next event of this name, from the start of QEMU on. */
  event<Name extends QmpEventName>(name: Name): Promise<QmpEventOf<Name>>
  /** Asks until there is an answer. */
  until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T>
  /** What is on the first screen, kept as evidence. */
  picture(title: string): Promise<Picture>
  /** Resolves when QEMU has ended. */
  readonly exited: Promise<void>
}

/** A guest that has reported and goes on running, and the QEMU around it. */
export interface GuestSession extends FirmwareSession {
  /** What it reported when it was up. */
  readonly report: GuestReport
  /** Runs one of the agent's commands that reply. */
  command(line: string): Promise<GuestReply>
  /** What a shell command prints. Fails where it fails in the guest. */
  shell(command: string): Promise<string>
  /** Sends a command that does not reply: `reboot`, `poweroff`, `crash`. */
  send(line: string): void
  /** The report of the guest's next start. */
  nextReport(): Promise<GuestReport>
}

export interface SessionOptions {
  readonly signal: AbortSignal
  readonly onPicture?: (title: string, picture: Picture) => void
}

/** Long enough for anything a guest does under emulation; what takes longer does not happen. */
const patienceMs = 300_000
const askAgainMs = 250

export function firmwareSession(
  { qmp, planned, folder, exited }: Pick<StartedGuest, 'qmp' | 'planned' | 'folder' | 'exited'>,
  options: SessionOptions,
): FirmwareSession {
  let pictures = 0
  return {
    planned,
    qmp,
    exited,
    go: () => qmp.execute('cont').then(() => undefined),
    event: eventWaiter(qmp, options.signal),
    until: (what, ask) => until(what, ask, options.signal),
    async picture(title) {
      const picture = await takePicture(qmp, join(folder, `picture-${++pictures}.ppm`))
      options.onPicture?.(title, picture)
      return picture
    },
  }
}

export function guestSession(guest: StartedGuest, options: SessionOptions): GuestSession {
  const { console, patience, report } = guest
  const command = (line: string): Promise<GuestReply> => guestCommand(console, line, patience)
  return {
    ...firmwareSession(guest, options),
    report,
    command,
    async shell(text) {
      const { output, status } = await command(`run ${text}`)
      if (status === 0) return output
      throw new GuestError(`'${text}' ended with ${status} in the guest: ${output}`)
    },
    send: (line) => console.send(line),
    async nextReport() {
      return (await readReport(console, { ...patience, quietMs: restartQuietMs })).report
    },
  }
}

type EventWaiter = <Name extends QmpEventName>(name: Name) => Promise<QmpEventOf<Name>>

/** Each event is given to one waiter; those that nobody wanted yet are kept. */
export function eventWaiter(
  qmp: Pick<EventfulMonitor, 'events'>,
  signal: AbortSignal,
): EventWaiter {
  const seen: QmpEvent[] = []
  let wake = Promise.withResolvers<void>()
  let ended = false
  const read = async (): Promise<void> => {
    for await (const event of qmp.events({ signal })) {
      seen.push(event)
      wake.resolve()
    }
    ended = true
    wake.resolve()
  }
  void read()
  return async (name) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)])
    for (;;) {
      const at = seen.findIndex((event) => event.name === name)
      if (at >= 0) return seen.splice(at, 1)[0] as QmpEventOf<typeof name>
      const names = seen.map((event) => event.name).join(', ') || 'nothing'
      if (ended || limit.aborted) {
        throw new GuestError(`waiting for QEMU's ${name}, but it told of ${names}`)
      }
      wake = Promise.withResolvers()
      const aborted = Promise.withResolvers<void>()
      const stop = (): void => aborted.resolve()
      limit.addEventListener('abort', stop, { once: true })
      await Promise.race([wake.promise, aborted.promise])
      limit.removeEventListener('abort', stop)
    }
  }
}

/** Asks until there is an answer. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  signal: AbortSignal,
): Promise<T> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)])
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (limit.aborted) throw new GuestError(`waiting for ${what}, which does not happen`)
    await setTimeout(askAgainMs)
  }
}
