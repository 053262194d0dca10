import { invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import type { DomainEvent } from '../core.ts'
import { eventTypes, formatEvent, typesOf } from '../event-text.ts'
import type { EventType } from '../event-text.ts'
import { lookupDomain } from '../lookup-domain.ts'
import { flag, int, text } from '../option-specs.ts'
import { linesAnswer } from '../output/line-answer.ts'
import { safeJson } from '../output/safe-json.ts'
import { exclude } from '../parse/option-pairs.ts'
import { receiveEvents } from '../receive-events.ts'

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
  }
  return receiveEvents(context, {
    events: (signal) => hypervisor.domainEvents({ signal }),
    print: (one) => print(context, one, watch),
    loop: watch.loop,
    timeoutSeconds,
  })
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
}

/** How many were printed: an object is one, whatever it is called. */
function print({ output, settings }: Context, event: DomainEvent, watch: Watch): number {
  const { types, reference, loop, timestamp } = watch
  if ((reference ?? event.domain.uuid) !== event.domain.uuid) return 0
  const concerned = typesOf(event).filter((type) => types.includes(type))
  const [first] = concerned
  if (first === undefined) return 0
  if (settings.json) {
    output.write(`${safeJson(event)}\n`)
    return 1
  }
  const printed = loop ? concerned : [first]
  for (const type of printed) output.write(formatEvent(event, timestamp, type))
  return printed.length
}
