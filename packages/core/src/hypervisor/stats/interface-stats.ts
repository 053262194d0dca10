import { readFileSync } from 'node:fs'
import { isOnTap } from '../../domain/devices/interface.ts'
import type { Interface } from '../../domain/devices/interface.ts'
import { domainError } from '../../errors.ts'
import type { InterfaceStats } from '../interface/statistics.ts'
import { cardNamed } from '../live/set-link.ts'
import type { Rooms } from '../rooms.ts'

/** What the host's end of a card has counted, seen from the guest. */
export function cardStats(nic: Interface): InterfaceStats | undefined {
  const { target } = nic
  if (target === undefined || !isOnTap(nic)) return undefined
  const count = (name: string): number => {
    try {
      return Number(readFileSync(`/sys/class/net/${target}/statistics/${name}`, 'utf8'))
    } catch {
      return 0
    }
  }
  // What the host sends, the guest receives.
  return {
    rxBytes: count('tx_bytes'),
    rxPackets: count('tx_packets'),
    rxErrors: count('tx_errors'),
    rxDrops: count('tx_dropped'),
    txBytes: count('rx_bytes'),
    txPackets: count('rx_packets'),
    txErrors: count('rx_errors'),
    txDrops: count('rx_dropped'),
  }
}

export async function interfaceStats(
  rooms: Rooms,
  reference: string,
  card: string,
): Promise<InterfaceStats> {
  const live = await rooms.live(await rooms.findActive(reference))
  const found = cardNamed(live, card)
  const stats = cardStats(found)
  if (stats !== undefined) return stats
  throw domainError(
    'ERR_OPERATION_UNSUPPORTED',
    `a card of type '${found.type}' has no device on the host that counts; use type='bridge'`,
  )
}
