import { explainFailure, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { printable } from '../core.ts'
import type { Hypervisor } from '../core.ts'
import { formatTime } from '../event-text.ts'
import { flag, int, text } from '../option-specs.ts'
import { linesAnswer } from '../output/line-answer.ts'
import { safeJson } from '../output/safe-json.ts'
import { receiveEvents } from '../receive-events.ts'

/** What all three kinds of events have. */
interface StoredEvent {
  readonly event: string
  readonly timestampMs: number
}

interface EventKind<Event extends StoredEvent> {
  /** As virsh calls it in its lines. */
  readonly what: string
  /** virsh's types, and the event that has one of its own. */
  readonly types: readonly string[]
  readonly own?: Readonly<Record<string, string>>
  /** The option that names one, and what is raised where there is none. */
  readonly option: 'network' | 'pool' | 'secret'
  readonly lookup: (hypervisor: Hypervisor, reference: string) => Promise<{ readonly uuid: string }>
  events(hypervisor: Hypervisor, signal: AbortSignal): AsyncIterable<Event>
  of(event: Event): { readonly uuid: string; readonly name?: string }
}

function commandOf<Event extends StoredEvent>(
  command: Pick<Command, 'name' | 'group' | 'summary' | 'description'>,
  filter: string,
  kind: EventKind<Event>,
): Command {
  return {
    ...command,
    options: [
      text(kind.option, filter, kind.option),
      text('event', 'which event type to wait for', kind.types),
      flag('loop', 'loop until timeout or interrupt, rather than one-shot'),
      int('timeout', 'timeout seconds'),
      flag('list', 'list valid event types'),
      flag('timestamp', 'show timestamp for each printed event'),
    ],
    run: (context, options) => wait(context, options, kind),
  }
}

async function wait<Event extends StoredEvent>(
  context: Context,
  options: Options,
  kind: EventKind<Event>,
): Promise<Answer> {
  if (options.flag('list')) return linesAnswer(kind.types)
  const type = options.text('event')
  if (type === undefined) throw invalidArgument('either --list or --event <type> is required')
  if (!kind.types.includes(type)) throw invalidArgument(`unknown event type ${type}`)
  const timeoutSeconds = options.integer('timeout', 1)
  const hypervisor = await context.hypervisor()
  const wanted = options.text(kind.option)
  const found =
    wanted === undefined
      ? undefined
      : await explainFailure(
          `failed to get ${kind.option} '${wanted}'`,
          kind.lookup(hypervisor, wanted),
        )
  const timestamp = options.flag('timestamp')
  const print = (event: Event): number => {
    const { uuid, name = uuid } = kind.of(event)
    const isMeant = (kind.own?.[event.event] ?? 'lifecycle') === type
    if (!isMeant || (found?.uuid ?? uuid) !== uuid) return 0
    const when = timestamp ? `${formatTime(event.timestampMs)}: ` : ''
    const word = type === 'lifecycle' ? `: ${capital(event.event)}` : ''
    const line = `${when}event '${type}' for ${kind.what} ${printable(name)}${word}`
    context.output.write(`${context.settings.json ? safeJson(event) : line}\n`)
    return 1
  }
  return receiveEvents(context, {
    events: (signal) => kind.events(hypervisor, signal),
    print,
    loop: options.flag('loop'),
    timeoutSeconds,
  })
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}

export const commands: readonly Command[] = [
  commandOf(
    {
      name: 'net-event',
      group: 'network',
      summary: 'Network Events',
      description: 'List event types, or wait for network events to occur',
    },
    'filter by network name or uuid',
    {
      what: 'network',
      types: ['lifecycle'],
      option: 'network',
      lookup: (hypervisor, reference) => hypervisor.networkLookup(reference),
      events: (hypervisor, signal) => hypervisor.networkEvents({ signal }),
      of: ({ network }) => network,
    },
  ),
  commandOf(
    {
      name: 'pool-event',
      group: 'pool',
      summary: 'Storage Pool Events',
      description: 'List event types, or wait for storage pool events to occur',
    },
    'filter by storage pool name or uuid',
    {
      what: 'storage pool',
      types: ['lifecycle', 'refresh'],
      own: { refreshed: 'refresh' },
      option: 'pool',
      lookup: (hypervisor, reference) => hypervisor.storagePoolLookup(reference),
      events: (hypervisor, signal) => hypervisor.storagePoolEvents({ signal }),
      of: ({ pool }) => pool,
    },
  ),
  commandOf(
    {
      name: 'secret-event',
      group: 'secret',
      summary: 'Secret Events',
      description: 'List event types, or wait for secret events to occur',
    },
    'filter by secret name or uuid',
    {
      what: 'secret',
      types: ['lifecycle', 'value-changed'],
      own: { 'value-changed': 'value-changed' },
      option: 'secret',
      lookup: (hypervisor, reference) => hypervisor.secretLookup(reference),
      events: (hypervisor, signal) => hypervisor.secretEvents({ signal }),
      of: ({ secret }) => secret,
    },
  ),
]
