import { isDeepStrictEqual } from 'node:util'
import { hasOwnTap } from '../../domain/devices/interface.ts'
import type { Interface } from '../../domain/devices/interface.ts'
import type { Domain } from '../../domain/domain.ts'
import { domainError, quote } from '../../errors.ts'
import { changeLimits } from '../limit-traffic.ts'

/** Has the tap of a running guest's card, found by its alias, limit what its definition now says. */
export async function limitCard(domain: Domain, { alias }: Interface): Promise<void> {
  const cards = domain.devices.interface ?? []
  const position = cards.findIndex((one) => one.alias === alias)
  const nic = cards[position]
  if (nic === undefined) return
  const path = `devices/interface[${position + 1}]`
  if (nic.target === undefined || !hasOwnTap(nic)) {
    const why =
      nic.targetManaged === false
        ? `its tap ${quote(nic.target ?? '')} is not the guest's own: use tc(8)`
        : `a card of type '${nic.type}' has no tap on the host: QEMU, or whoever is behind the socket, moves its packets`
    throw domainError('ERR_OPERATION_UNSUPPORTED', `this card cannot be limited: ${why}`, {
      path: `${path}/bandwidth`,
    })
  }
  await changeLimits(nic, nic.target, path)
}

/** Whether two cards are to be limited alike. */
export function isLimitedAlike(a: Interface, b: Interface): boolean {
  return isDeepStrictEqual(a.bandwidth, b.bandwidth)
}
