import type { DomainSummary, StateEvent } from './hypervisor.ts'

/** What happened between two looks at the domains. */
export function diffEvents(
  before: readonly DomainSummary[],
  after: readonly DomainSummary[],
  timestampMs: number,
): readonly StateEvent[] {
  const events: StateEvent[] = []
  const emit = (domain: DomainSummary, event: StateEvent['event'], detail: string): void => {
    const { name, uuid, id } = domain
    events.push({
      domain: { name, uuid, ...(id !== undefined && { id }) },
      event,
      detail,
      timestampMs,
    })
  }
  const old = new Map(before.map((domain) => [domain.uuid, domain]))
  for (const domain of after) {
    const was = old.get(domain.uuid)
    if (was === undefined && domain.persistent) emit(domain, 'defined', 'added')
    if (was !== undefined && was.name !== domain.name) {
      emit(was, 'undefined', 'renamed')
      emit(domain, 'defined', 'renamed')
    }
    const ran = was?.id
    if (ran !== undefined && ran !== domain.id) {
      emit(
        { ...domain, id: ran },
        'stopped',
        domain.id === undefined ? endOf(was, domain) : 'shutdown',
      )
    }
    if (domain.id !== undefined && ran !== domain.id) emit(domain, 'started', domain.reason)
    else if (was !== undefined && was.state !== domain.state && domain.id !== undefined) {
      if (domain.state === 'paused') emit(domain, 'suspended', domain.reason)
      if (domain.state === 'pmsuspended') emit(domain, 'pmsuspended', 'memory')
      if (domain.state === 'running' && was.state === 'pmsuspended')
        emit(domain, 'started', 'wakeup')
      else if (domain.state === 'running') emit(domain, 'resumed', domain.reason)
      if (domain.state === 'crashed') emit(domain, 'crashed', domain.reason)
    }
  }
  const now = new Set(after.map((domain) => domain.uuid))
  for (const domain of before) {
    if (now.has(domain.uuid)) continue
    if (domain.id !== undefined) emit(domain, 'stopped', 'shutdown')
    if (domain.persistent) emit(domain, 'undefined', 'removed')
  }
  return events
}

/** Guests crash; a QEMU that dies under one that did not has failed, in libvirt's words. */
function endOf(was: DomainSummary | undefined, { reason }: DomainSummary): string {
  return reason === 'crashed' && was?.state !== 'crashed' ? 'failed' : reason
}
