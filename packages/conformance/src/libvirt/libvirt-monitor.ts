import type { QmpEvent } from '@polyvirt/core/qmp'
import type { EventfulMonitor } from '../ask-live.ts'
import type { Virsh } from './virsh.ts'

/** The monitor of a guest that libvirt has started. */
export function libvirtMonitor(virsh: Virsh, domain: string): EventfulMonitor {
  const ask = async (
    command: string,
    args?: Readonly<Record<string, unknown>>,
  ): Promise<unknown> => {
    const question = { execute: command, ...(args === undefined ? {} : { arguments: args }) }
    const answer = await virsh(['qemu-monitor-command', domain, JSON.stringify(question)])
    if (answer.kind === 'refused') throw new Error(answer.message)
    const told = JSON.parse(answer.text) as {
      readonly return?: unknown
      readonly error?: { readonly desc: string }
    }
    if (told.error !== undefined) throw new Error(told.error.desc)
    return told.return
  }
  return {
    executeUnchecked: ask,
    // Answers are checked where they come from QEMU itself.
    execute: (command, ...[args]) =>
      ask(command, args as Readonly<Record<string, unknown>> | undefined),
    events: ({ signal } = {}) => heardEvents(virsh, domain, signal),
  }
}

/**
 * Listens from now on, whenever they are read, until the signal or virsh's end: it does not end by itself when
 * the guest does.
 */
function heardEvents(
  virsh: Virsh,
  domain: string,
  signal: AbortSignal | undefined,
): AsyncIterableIterator<QmpEvent> {
  const heard: QmpEvent[] = []
  let wake = Promise.withResolvers<void>()
  let ended = false
  const stop = new AbortController()
  const limit = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal])
  const listening = virsh(['qemu-monitor-event', domain, '--loop'], limit, (line) => {
    const event = readEvent(line)
    if (event !== undefined) heard.push(event)
    wake.resolve()
  })
    // Nobody waits for what it says at its end, and a guest that is gone ends it as an abort does.
    .catch(() => undefined)
    .then(() => {
      ended = true
      wake.resolve()
    })
  return (async function* () {
    try {
      for (;;) {
        const next = heard.shift()
        if (next !== undefined) yield next
        else if (ended) return
        else {
          await wake.promise
          wake = Promise.withResolvers()
        }
      }
    } finally {
      stop.abort()
      await listening
    }
  })()
}

/** `event STOP at 1700000000.123456 for domain 'a': <null>`, as virsh tells of one. */
export function readEvent(line: string): QmpEvent | undefined {
  const [, name, seconds, data] =
    /^event (\S+) at (\d+\.\d+) for domain '.*?': (<null>|\{.*\})$/s.exec(line) ?? []
  if (name === undefined || data === undefined) return undefined
  return {
    name,
    data: data === '<null>' ? {} : (JSON.parse(data) as unknown),
    timestampMs: Number(seconds) * 1000,
  } as QmpEvent
}
