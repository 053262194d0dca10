import { readFileSync } from 'node:fs'
import { isOnMacvtap, isOnTap } from '../../domain/devices/interface.ts'
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
  // What the host sends, the guest receives; behind a macvtap it is the guest that the device stands for.
  const [rx, tx] = isOnMacvtap(nic) ? ['rx', 'tx'] : ['tx', 'rx']
  return {
    rxBytes: count(`${rx}_bytes`),
    rxPackets: count(`${rx}_packets`),
    rxErrors: count(`${rx}_errors`),
    rxDrops: count(`${rx}_dropped`),
    txBytes: count(`${tx}_bytes`),
    txPackets: count(`${tx}_packets`),
    txErrors: count(`${tx}_errors`),
    txDrops: count(`${tx}_dropped`),
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
