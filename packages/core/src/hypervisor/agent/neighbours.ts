import { readFileSync } from 'node:fs'
import type { Domain } from '../../domain/domain.ts'
import type { GuestInterface } from '../interface/agent.ts'

/** Addresses of a guest's cards as the host's neighbour table has them (/proc/net/arp). */
export function neighbours(live: Domain): readonly GuestInterface[] {
  const rows = readFileSync('/proc/net/arp', 'utf8').split('\n').slice(1)
  const known = rows.flatMap((row) => {
    const [address, , flags, mac] = row.split(/\s+/)
    // 0x2 is a complete entry (include/uapi/linux/if_arp.h, ATF_COM).
    return address === undefined || mac === undefined || (Number(flags) & 2) === 0
      ? []
      : [{ address, mac: mac.toLowerCase() }]
  })
  return (live.devices.interface ?? []).flatMap(({ mac, target, alias }): GuestInterface[] => {
    const own = known.filter((one) => one.mac === mac?.toLowerCase())
    if (own.length === 0 || mac === undefined) return []
    return [
      {
        name: target ?? alias ?? '',
        mac,
        addresses: own.map(({ address }) => ({ type: 'ipv4', address, prefix: 0 })),
      },
    ]
  })
}
