import { printable } from './core.ts'
import type { DomainEvent, GraphicsEnd, StateEvent } from './core.ts'

/** virsh's event types, in the order of its list. */
export const eventTypes = [
  ...(['lifecycle', 'reboot', 'rtc-change', 'watchdog', 'io-error', 'graphics'] as const),
  ...(['io-error-reason', 'control-error', 'block-job', 'disk-change', 'tray-change'] as const),
  ...(['pm-wakeup', 'pm-suspend', 'balloon-change', 'pm-suspend-disk'] as const),
  ...(['device-removed', 'block-job-2', 'tunable', 'agent-lifecycle', 'device-added'] as const),
  ...(['migration-iteration', 'job-completed', 'device-removal-failed'] as const),
  ...(['metadata-change', 'block-threshold', 'memory-failure'] as const),
  'memory-device-size-change',
] as const

export type EventType = (typeof eventTypes)[number]

const stateEvents = [
  ...(['defined', 'undefined', 'started', 'suspended', 'resumed'] as const),
  ...(['stopped', 'shutdown', 'pmsuspended', 'crashed'] as const),
] satisfies readonly StateEvent['event'][]

/** The types under which virsh tells of it: of some, it tells twice. */
export function typesOf(event: DomainEvent): readonly EventType[] {
  switch (event.event) {
    case 'rebooted':
      return ['reboot']
    case 'io-error':
      return ['io-error', 'io-error-reason']
    case 'block-job':
      return event.path === undefined ? ['block-job-2'] : ['block-job', 'block-job-2']
    default:
      return isState(event) ? ['lifecycle'] : [event.event]
  }
}

function isState(event: DomainEvent): event is StateEvent {
  return (stateEvents as readonly string[]).includes(event.event)
}

/** `event 'lifecycle' for domain 'web': Started Booted`, as virsh prints it. */
export function formatEvent(event: DomainEvent, timestamp: boolean, type?: EventType): string {
  const name = type ?? typesOf(event)[0]
  const when = timestamp ? `${formatTime(event.timestampMs)}: ` : ''
  return `${when}event '${name}' for domain '${printable(event.domain.name)}'${whatOf(event, name)}\n`
}

/** What stands behind the domain's name; nothing where the type says it all. */
function whatOf(event: DomainEvent, type: EventType | undefined): string {
  switch (event.event) {
    case 'rebooted':
    case 'pm-wakeup':
    case 'pm-suspend':
    case 'pm-suspend-disk':
    case 'control-error':
      return ''
    case 'watchdog':
      return `: ${printable(event.detail)}`
    case 'rtc-change':
      return `: ${event.offsetSeconds}`
    case 'balloon-change':
      return `: ${event.sizeKiB}KiB`
    case 'device-added':
    case 'device-removed':
    case 'device-removal-failed':
      return `: ${printable(event.alias)}`
    case 'block-threshold': {
      const { disk, path = '', thresholdBytes, excessBytes } = event
      return `: dev: ${printable(disk)}(${printable(path)}) ${thresholdBytes} ${excessBytes}`
    }
    case 'io-error': {
      const { path, alias, action, reason } = event
      const due = type === 'io-error-reason' ? ` due to ${printable(reason)}` : ''
      return `: ${printable(path)} (${printable(alias)}) ${action}${due}`
    }
    case 'graphics': {
      const { phase, local, remote, authScheme, identities } = event
      const who = identities.map((one) => `\n\t${one.type}=${printable(one.name)}`).join('')
      return `: ${phase} local[${ofEnd(local)}] remote[${ofEnd(remote)}] ${printable(authScheme)}${who}`
    }
    case 'block-job': {
      const where = type === 'block-job' ? (event.path ?? '') : event.disk
      return `: ${blockJobs[event.job]} for ${printable(where)} ${event.status}`
    }
    case 'disk-change': {
      const { alias, oldPath = null, newPath = null, reason } = event
      return ` disk ${printable(alias)}: ${orNull(oldPath)} -> ${orNull(newPath)}: ${reason}`
    }
    case 'tray-change':
      return ` disk ${printable(event.alias)}: ${event.tray}`
    case 'tunable':
      return `:${fields(event.changes)}`
    case 'job-completed':
      return `:${fields(event.stats)}`
    case 'agent-lifecycle':
      return `: state: '${event.state}' reason: '${event.reason}'`
    case 'migration-iteration':
      return `: iteration: '${event.iteration}'`
    case 'metadata-change':
      return `: type ${event.metadata}, uri ${orNull(event.uri ?? null)}`
    case 'memory-failure': {
      const { recipient, action, actionRequired, recursive } = event
      const flags = `flags:\n\taction required: ${Number(actionRequired)}\n\trecursive: ${Number(recursive)}`
      return `:\nrecipient: ${printable(recipient)}\naction: ${printable(action)}\n${flags}`
    }
    case 'memory-device-size-change':
      return `:\nalias: ${printable(event.alias)}\nsize: ${event.sizeKiB}`
    default:
      return `: ${stateText(event)}`
  }
}

const orNull = (text: string | null): string => (text === null ? '<null>' : printable(text))

/** Typed values, as virsh prints them: one in a line, true as 1. */
function fields(values: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(values)
    .map(([name, value]) => {
      const text = typeof value === 'boolean' ? Number(value) : printable(String(value))
      return `\n\t${printable(name)}: ${text}`
    })
    .join('')
}

const families: Readonly<Record<string, string>> = { ipv4: 'IPv4', ipv6: 'IPv6' }

function ofEnd({ family, node, service }: GraphicsEnd): string {
  return `${families[family] ?? printable(family)} ${printable(node)} ${printable(service)}`
}

const blockJobs = {
  pull: 'Block Pull',
  copy: 'Block Copy',
  commit: 'Block Commit',
  'active-commit': 'Active Block Commit',
  backup: 'Backup',
} as const

function stateText({ event, detail }: StateEvent): string {
  const name = event === 'pmsuspended' ? 'PMSuspended' : capital(event)
  return states[`${event} ${detail}`] ?? `${name} ${capital(printable(detail))}`
}

// virsh's words where they are more than the reason with a capital letter.
const states: Readonly<Record<string, string>> = {
  'shutdown guest': 'Shutdown Finished after guest request',
  'shutdown host': 'Shutdown Finished after host request',
  'started from snapshot': 'Started Snapshot',
  'started wakeup': 'Started Event wakeup',
  'suspended unknown': 'Suspended Paused',
  'suspended user': 'Suspended Paused',
  'suspended saving': 'Suspended Paused',
  'suspended dumping': 'Suspended Paused',
  'suspended creating snapshot': 'Suspended Paused',
  'suspended starting up': 'Suspended Paused',
  'suspended shutting down': 'Suspended Paused',
  'suspended migrating': 'Suspended Migrated',
  'suspended I/O error': 'Suspended I/O Error',
  'suspended io-error': 'Suspended I/O Error',
  'suspended api error': 'Suspended API error',
  'suspended api-error': 'Suspended API error',
  'suspended from snapshot': 'Suspended Snapshot',
  'suspended post-copy': 'Suspended Post-copy',
  'suspended post-copy failed': 'Suspended Post-copy Error',
  'resumed unknown': 'Resumed Unpaused',
  'resumed booted': 'Resumed Unpaused',
  'resumed save canceled': 'Resumed Unpaused',
  'resumed migration canceled': 'Resumed Migrated',
  'resumed from snapshot': 'Resumed Snapshot',
  'resumed post-copy': 'Resumed Post-copy',
  'resumed post-copy failed': 'Resumed Post-copy Error',
  'stopped from snapshot': 'Stopped Snapshot',
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}

/** libvirt's time stamp: `2026-11-22 21:59:31.557+0000`. */
export function formatTime(timestampMs: number): string {
  return new Date(timestampMs).toISOString().replace('T', ' ').replace('Z', '+0000')
}
