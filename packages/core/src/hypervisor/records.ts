import type { Domain } from '../domain/domain.ts'
import { domainError, quote } from '../errors.ts'
import type { ActiveRow, DomainGlance, DomainRecord, Store } from '../store/index.ts'
import type { DomainState, DomainSummary } from './hypervisor.ts'
import type { Plan } from './planning.ts'

/** A record of a domain that runs. */
export type Running = DomainRecord & { readonly active: ActiveRow }

/** @throws DomainError `ERR_OPERATION_INVALID` where it does not run. */
export function runningOf(record: DomainRecord): Running {
  const { active } = record
  if (active === undefined) throw domainError('ERR_OPERATION_INVALID', 'domain is not running')
  return { ...record, active }
}

/**
 * The domain as it is now that it is held: somebody may have been faster since it was found.
 *
 * @throws DomainError `ERR_NO_DOMAIN` where the name that it was found by is not its own any more.
 */
export function heldRecord(store: Store, { domain: { uuid, name } }: DomainRecord): DomainRecord {
  const held = store.get(uuid)
  if (held?.domain.name === name) return held
  const what = held === undefined ? 'removed it' : `renamed it to ${quote(held.domain.name, 200)}`
  throw domainError(
    'ERR_NO_DOMAIN',
    `no domain with matching name ${quote(name, 200)}: somebody has just ${what}`,
  )
}

export function stateIn({
  active,
  lastState,
}: Pick<DomainGlance, 'lastState'> & { readonly active?: DomainState }): DomainState {
  if (active !== undefined) return { state: active.state, reason: active.reason }
  return { state: 'shut off', reason: lastState?.reason ?? 'unknown' }
}

export function summaryOf(record: DomainGlance): DomainSummary {
  const { domain, active } = record
  const title = active?.facts.title ?? domain.title ?? ''
  return {
    name: domain.name,
    uuid: domain.uuid,
    ...(active !== undefined && { id: active.id }),
    arch: domain.arch,
    machine: domain.machine,
    virtType: domain.virtType,
    persistent: domain.persistent,
    autostart: domain.autostart,
    ...(title !== '' && { title }),
    ...stateIn(record),
  }
}

/** What is stored of a planned domain beside its document. */
export function rowOf({ domain, context }: Plan): Omit<Parameters<Store['define']>[0], 'xml'> {
  return {
    uuid: domain.uuid,
    name: domain.name,
    arch: context.guest.name,
    machine: context.machine.name,
    virtType: domain.type,
    ...(domain.title !== undefined && { title: domain.title }),
  }
}

/** URIs of a running domain's displays. */
export function displaysOf(domain: Domain): readonly string[] {
  return (domain.devices.graphics ?? []).flatMap((graphics) => {
    const listen = graphics.listens?.[0]
    if (listen?.type === 'socket') return [`${graphics.type}+unix://${listen.socket ?? ''}`]
    if (graphics.port === undefined || graphics.port < 0) return []
    const host = listen?.address ?? '127.0.0.1'
    // virsh writes VNC displays by number, others by port.
    return [
      graphics.type === 'vnc'
        ? `vnc://${host}:${graphics.port - 5900}`
        : `${graphics.type}://${host}:${graphics.port}`,
    ]
  })
}
