import { CommandError, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import type { DomainEvent, Hypervisor } from '../core.ts'
import { eventType, eventTypes, formatEvent, virshEventTypes } from '../event-text.ts'
import { lookupDomain } from '../lookup-domain.ts'
import { flag, int, text } from '../option-specs.ts'
import { linesAnswer } from '../output/line-answer.ts'
import { safeJson } from '../output/safe-json.ts'
import { exclude } from '../parse/option-pairs.ts'

export const commands: readonly Command[] = [
  {
    name: 'event',
    group: 'events',
    summary: 'Domain Events',
    description: 'List event types, or wait for domain events to occur',
    options: [
      text('domain', 'filter by domain name, id or uuid', 'domain'),
      text('event', 'which event type to wait for', eventTypes),
      flag('all', 'wait for all events instead of just one type'),
      flag('loop', 'loop until timeout or interrupt, rather than one-shot'),
      int('timeout', 'timeout seconds'),
      flag('list', 'list valid event types'),
      flag('timestamp', 'show timestamp for each printed event'),
    ],
    run: event,
  },
]

async function event(context: Context, options: Options): Promise<Answer> {
  exclude(options, 'all', 'event')
  exclude(options, 'list', 'all')
  exclude(options, 'list', 'event')
  if (options.flag('list')) {
    return linesAnswer(eventTypes)
  }
  const types = wantedTypes(options)
  const timeoutSeconds = options.integer('timeout', 1)
  const { hypervisor, reference } =
    options.text('domain') === undefined
      ? { hypervisor: await context.hypervisor(), reference: undefined }
      : await lookupDomain(context, options)
  const watch = {
    types,
    reference,
    loop: options.flag('loop'),
    timestamp: options.flag('timestamp'),
    timeoutSeconds,
  }
  const { count, end } = await receive(context, hypervisor, watch)
  return {
    text: `${end === undefined ? '' : `event loop ${end}\n`}events received: ${count}\n`,
    failed: count === 0,
  }
}

function wantedTypes(options: Options): readonly string[] {
  if (options.flag('all')) return eventTypes
  const type = options.text('event')
  if (type === undefined) {
    throw invalidArgument('one of --list, --all, or --event <type> is required')
  }
  if (!(eventTypes as readonly string[]).includes(type)) {
    if (virshEventTypes.includes(type)) {
      throw new CommandError(
        `event type ${type} is known to virsh but not offered yet; offered: ${eventTypes.join(', ')}`,
        { code: 'ERR_OPERATION_UNSUPPORTED' },
      )
    }
    throw invalidArgument(`unknown event type ${type}`)
  }
  return [type]
}

interface Watch {
  readonly types: readonly string[]
  readonly reference: string | undefined
  readonly loop: boolean
  readonly timestamp: boolean
  /** For ever where there is none. */
  readonly timeoutSeconds: number | undefined
}

interface Received {
  readonly count: number
  /** Why it ended before the events did. */
  readonly end?: 'timed out' | 'interrupted'
}

async function receive(context: Context, hypervisor: Hypervisor, watch: Watch): Promise<Received> {
  const { timeoutSeconds } = watch
  const done = new AbortController()
  // Without an end in time the timer only keeps the process alive: events may come from anywhere.
  const timer =
    timeoutSeconds === undefined
      ? setInterval(() => {}, 0x7fff_ffff)
      : setTimeout(() => done.abort(), timeoutSeconds * 1000)
  const signal = AbortSignal.any([context.signal, done.signal])
  let count = 0
  try {
    for await (const event of hypervisor.domainEvents({ signal })) {
      if (!concerns(event, watch)) continue
      count++
      print(context, event, watch.timestamp)
      // Whether anybody reads is told once it has been written, and the next event may be days away.
      await context.output.flush()
      if (!watch.loop || context.output.closed) return { count }
    }
  } catch (error) {
    // However the stream takes an abort, we asked for it.
    if (!signal.aborted) throw error
  } finally {
    clearTimeout(timer)
    done.abort()
  }
  return { count, ...(context.signal.aborted ? { end: 'interrupted' } : { end: 'timed out' }) }
}

function concerns(event: DomainEvent, { types, reference }: Watch): boolean {
  return types.includes(eventType(event)) && (reference ?? event.domain.uuid) === event.domain.uuid
}

function print({ output, settings }: Context, event: DomainEvent, timestamp: boolean): void {
  output.write(settings.json ? `${safeJson(event)}\n` : formatEvent(event, timestamp))
}
