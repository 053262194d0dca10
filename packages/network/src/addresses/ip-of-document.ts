import type { NetworkIp } from '../documents/ip.ts'
import { networkOf, parseIp, prefixOfNetmask } from './ip-address.ts'
import type { IpAddress, IpNetwork } from './ip-address.ts'

/** An `<ip>` as numbers. */
export interface PlacedIp {
  readonly host: IpAddress
  readonly network: IpNetwork
}

/** Nothing where its netmask has holes, or its prefix is longer than an address. */
export function placedIp(ip: NetworkIp): PlacedIp | undefined {
  const host = parseIp(ip.address)
  if (host === undefined) return undefined
  const prefix =
    ip.netmask === undefined ? (ip.prefix ?? usualPrefix(host)) : prefixOfNetmask(ip.netmask)
  if (prefix === undefined || prefix > (host.family === 'ipv4' ? 32 : 128)) return undefined
  return { host, network: networkOf(host, prefix) }
}

/** What libvirt takes where a document says neither prefix nor netmask: the address's old class. */
function usualPrefix({ family, value }: IpAddress): number {
  if (family === 'ipv6') return 64
  const first = Number(value >> 24n)
  return first < 128 ? 8 : first < 192 ? 16 : 24
}
