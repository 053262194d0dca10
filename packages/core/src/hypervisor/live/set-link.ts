import type { Interface } from '../../domain/devices/interface.ts'
import type { Domain } from '../../domain/domain.ts'
import { domainError, quote } from '../../errors.ts'
import type { ChangeTarget } from '../interface/devices.ts'
import type { Rooms } from '../rooms.ts'
import { changeDomain } from './change-domain.ts'

/** A card by its MAC address, its name on the host, or its alias. */
export function cardNamed({ devices }: Domain, name: string): Interface {
  const cards = devices.interface ?? []
  const found = cards.find(
    ({ mac, target, alias }) =>
      mac?.toLowerCase() === name.toLowerCase() || target === name || alias === name,
  )
  if (found !== undefined) return found
  throw domainError(
    'ERR_INVALID_ARG',
    `interface (${quote(name)}) not found; the domain has: ${cards.map(({ mac }) => mac ?? '').join(', ') || 'none'}`,
  )
}

/** The domain with one of its cards, named as for {@link cardNamed}, as `change` has it. */
export function withCard(
  domain: Domain,
  name: string,
  change: (card: Interface) => Interface,
): Domain {
  const old = cardNamed(domain, name)
  const list = (domain.devices.interface ?? []).map((one) => (one === old ? change(old) : one))
  return { ...domain, devices: { ...domain.devices, interface: list } }
}

export function setLink(
  rooms: Rooms,
  reference: string,
  { card, up, ...target }: ChangeTarget & { readonly card: string; readonly up: boolean },
): Promise<void> {
  return changeDomain(rooms, reference, {
    kind: 'domif-setlink',
    target,
    edit: (domain) =>
      withCard(domain, card, (nic) => {
        const { linkState: _, ...rest } = nic
        return up ? rest : { ...rest, linkState: 'down' }
      }),
    perform: (qmp, live) =>
      qmp.execute('set_link', { name: cardNamed(live, card).alias ?? '', up }),
  })
}
