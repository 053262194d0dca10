import { printable } from './core.ts'
import type { DomainEvent } from './core.ts'

/** virsh's event types that polyvirt has. */
export const eventTypes = ['lifecycle', 'reboot', 'watchdog', 'block-threshold'] as const

/** What `event --list` of virsh 9.0 has beyond them. */
export const virshEventTypes: readonly string[] = [
  ...['rtc-change', 'io-error', 'graphics', 'io-error-reason', 'control-error', 'block-job'],
  ...['disk-change', 'tray-change', 'pm-wakeup', 'pm-suspend', 'balloon-change'],
  ...['pm-suspend-disk', 'device-removed', 'block-job-2', 'tunable', 'agent-lifecycle'],
  ...['device-added', 'migration-iteration', 'job-completed', 'device-removal-failed'],
  ...['metadata-change', 'memory-failure', 'memory-device-size-change'],
]

export type EventType = (typeof eventTypes)[number]

export function eventType(event: DomainEvent): EventType {
  if (event.event === 'watchdog' || event.event === 'block-threshold') return event.event
  return event.event === 'rebooted' ? 'reboot' : 'lifecycle'
}

/** `event 'lifecycle' for domain 'web': Started Booted`, as virsh prints it. */
export function formatEvent(event: DomainEvent, timestamp: boolean): string {
  const type = eventType(event)
  const what = whatOf(event)
  const when = timestamp ? `${formatTime(event.timestampMs)}: ` : ''
  return `${when}event '${type}' for domain '${printable(event.domain.name)}'${what}\n`
}

/** What stands behind the domain's name; nothing where the type says it all. */
function whatOf(event: DomainEvent): string {
  switch (eventType(event)) {
    case 'reboot':
      return ''
    case 'watchdog':
      return `: ${printable(event.detail)}`
    case 'block-threshold': {
      const { disk = '', path = '', thresholdBytes = 0, excessBytes = 0 } = event
      return `: dev: ${printable(disk)}(${printable(path)}) ${thresholdBytes} ${excessBytes}`
    }
    default:
      return `: ${capital(event.event)} ${detail(event)}`
  }
}

function detail({ event, detail: word }: DomainEvent): string {
  return details[`${event} ${word}`] ?? capital(printable(word))
}

// virsh's words where they are more than the reason with a capital letter.
const details: Readonly<Record<string, string>> = {
  'shutdown guest': 'Finished after guest request',
  'shutdown host': 'Finished after host request',
  'started wakeup': 'Event wakeup',
  'suspended io-error': 'I/O Error',
  'suspended api-error': 'API error',
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}

/** libvirt's time stamp: `2026-11-22 21:59:31.557+0000`. */
function formatTime(timestampMs: number): string {
  return new Date(timestampMs).toISOString().replace('T', ' ').replace('Z', '+0000')
}
