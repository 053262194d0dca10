import type { DomainState, DomainStateName } from '../hypervisor.ts'

/**
 * libvirt's numbers of states and of their reasons (include/libvirt/libvirt-domain.h: `virDomainState`
 * and `virDomain…Reason`), with the reasons in virsh's words (tools/virsh-domain-monitor.c), in their
 * order from 0.
 */
const states: Readonly<
  Record<DomainStateName, { readonly number: number; readonly reasons: readonly string[] }>
> = {
  'no state': { number: 0, reasons: ['unknown'] },
  running: {
    number: 1,
    reasons: [
      'unknown',
      'booted',
      'migrated',
      'restored',
      'from snapshot',
      'unpaused',
      'migration canceled',
      'save canceled',
      'event wakeup',
      'crashed',
      'post-copy',
      'post-copy failed',
    ],
  },
  idle: { number: 2, reasons: ['unknown'] },
  paused: {
    number: 3,
    reasons: [
      'unknown',
      'user',
      'migrating',
      'saving',
      'dumping',
      'I/O error',
      'watchdog',
      'from snapshot',
      'shutting down',
      'creating snapshot',
      'crashed',
      'starting up',
      'post-copy',
      'post-copy failed',
      'api error',
    ],
  },
  'in shutdown': { number: 4, reasons: ['unknown', 'user'] },
  'shut off': {
    number: 5,
    reasons: [
      'unknown',
      'shutdown',
      'destroyed',
      'crashed',
      'migrated',
      'saved',
      'failed',
      'from snapshot',
      'daemon',
    ],
  },
  crashed: { number: 6, reasons: ['unknown', 'panicked'] },
  pmsuspended: { number: 7, reasons: ['unknown'] },
}

export interface StateNumbers {
  readonly state: number
  readonly reason: number
}

/** As `domstats` prints them; a reason without a number is unknown. */
export function stateNumbers({ state, reason }: DomainState): StateNumbers {
  const { number, reasons } = states[state]
  return { state: number, reason: Math.max(0, reasons.indexOf(reason)) }
}
