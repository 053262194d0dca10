import type { Bandwidth, BandwidthLimit, Interface } from '../../domain/devices/interface.ts'
import type { Domain } from '../../domain/domain.ts'
import type { ChangeTarget } from '../interface/devices.ts'
import type { Rooms } from '../rooms.ts'
import { changeDomain } from './change-domain.ts'
import { limitCard } from './limit-card.ts'
import { cardNamed, withCard } from './set-link.ts'

/** Changes the limits of a card's traffic: those of the tap, where the guest runs. */
export function setBandwidth(
  rooms: Rooms,
  reference: string,
  {
    card,
    bandwidth,
    ...target
  }: ChangeTarget & { readonly card: string; readonly bandwidth: Bandwidth },
): Promise<void> {
  const edit = (domain: Domain): Domain =>
    withCard(domain, card, (nic) => withLimits(nic, bandwidth))
  return changeDomain(rooms, reference, {
    kind: 'domiftune',
    target,
    edit,
    perform: async (_, live) => limitCard(edit(live), cardNamed(live, card)),
  })
}

/** A direction that is given replaces what was there; without an average and a floor it takes it away. */
function withLimits({ bandwidth: old, ...nic }: Interface, given: Bandwidth): Interface {
  const merged = { ...old, ...given }
  const entries = (['inbound', 'outbound'] as const).flatMap((direction) => {
    const limit = cleaned(merged[direction])
    return limit === undefined ? [] : [[direction, limit] as const]
  })
  return entries.length === 0 ? nic : { ...nic, bandwidth: Object.fromEntries(entries) }
}

function cleaned(limit: BandwidthLimit = {}): BandwidthLimit | undefined {
  const set = Object.entries(limit).filter(([, value]) => value !== 0)
  return set.length === 0 ? undefined : Object.fromEntries(set)
}
