import { invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import type { DomainEvent, Hypervisor } from '../core.ts'
import { eventTypes, formatEvent, typesOf } from '../event-text.ts'
import type { EventType } from '../event-text.ts'
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

function wantedTypes(options: Options): readonly EventType[] {
  if (options.flag('all')) return eventTypes
  const type = options.text('event')
  if (type === undefined) {
    throw invalidArgument('one of --list, --all, or --event <type> is required')
  }
  const known = eventTypes.find((one) => one === type)
  if (known === undefined) throw invalidArgument(`unknown event type ${type}`)
  return [known]
}

interface Watch {
  readonly types: readonly EventType[]
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
      const types = concerned(event, watch)
      if (types.length === 0) continue
      count += print(context, event, types, watch)
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

/** Under which of the wanted types this is told. */
function concerned(event: DomainEvent, { types, reference }: Watch): readonly EventType[] {
  if ((reference ?? event.domain.uuid) !== event.domain.uuid) return []
  return typesOf(event).filter((type) => types.includes(type))
}

/** How many were printed: an object is one, whatever it is called. */
function print(
  { output, settings }: Context,
  event: DomainEvent,
  types: readonly EventType[],
  { loop, timestamp }: Watch,
): number {
  if (settings.json) {
    output.write(`${safeJson(event)}\n`)
    return 1
  }
  const printed = loop ? types : types.slice(0, 1)
  for (const type of printed) output.write(formatEvent(event, timestamp, type))
  return printed.length
}
