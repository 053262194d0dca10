import type { ActualInterface, ActualUser, InterfaceIp } from '@polyvirt/core/driver'
import { formatIp, lastOf, parseIp } from '../addresses/ip-address.ts'
import { placedIp } from '../addresses/ip-of-document.ts'
import type { PlacedIp } from '../addresses/ip-of-document.ts'
import type { DhcpHost, NetworkIp } from '../documents/ip.ts'
import type { Network } from '../documents/network.ts'
import { backingOf } from './network-backing.ts'

/**
 * What a card of this network is plugged into.
 *
 * @param mac The card's own address: what the network keeps for it.
 */
export function actualInterface(network: Network, mac?: string): ActualInterface {
  return backingOf(network) === 'bridge' ? onBridge(network) : onUserNetwork(network, mac)
}

function onBridge({ bridge }: Network): ActualInterface {
  return { type: 'bridge', bridge: bridge?.name ?? '', ofHost: true }
}

function onUserNetwork(network: Network, mac: string | undefined): ActualUser {
  const { forward, domain, ips = [] } = network
  const ipv4 = ips.find(({ family = 'ipv4' }) => family === 'ipv4')
  const ipv6 = ips.find(({ family }) => family === 'ipv6')
  const all = [ipv4, ipv6].flatMap((ip) => (ip === undefined ? [] : [networkAddress(ip)]))
  return {
    type: 'user',
    ...(all.length > 0 && { ips: all.filter((one) => one !== undefined) }),
    ...(ipv4 && lending(ipv4, mac)),
    ...(forward === undefined && { restrict: true }),
    ...(domain && { domain: domain.name, dnsSearch: [domain.name] }),
  }
}

function networkAddress(ip: NetworkIp): InterfaceIp | undefined {
  const { network } = placedIp(ip) ?? {}
  if (network === undefined) return undefined
  const { family, base, prefix } = network
  return { family, address: formatIp({ family, value: base }), prefix }
}

/** The host's own address, the first one that is lent, a name server, and what is booted from. */
function lending(ip: NetworkIp, mac: string | undefined): Partial<ActualUser> {
  const placed = placedIp(ip)
  if (placed === undefined) return {}
  const kept = ip.dhcp?.hosts?.find((one) => one.mac !== undefined && one.mac === mac)
  const lent = lentAddress(ip, placed, kept)
  const dns = freeAddress(placed, lent)
  const { family } = placed.host
  return {
    host: formatIp(placed.host),
    dhcpStart: formatIp({ family, value: lent }),
    dns: formatIp({ family, value: dns }),
    ...(kept?.name !== undefined && { hostname: kept.name }),
    ...(ip.tftpRoot !== undefined && { tftp: ip.tftpRoot }),
    ...(ip.dhcp?.bootFile !== undefined && { bootFile: ip.dhcp.bootFile }),
  }
}

/** What is kept for this card; else the first of the range that is nobody's own. */
function lentAddress(ip: NetworkIp, placed: PlacedIp, kept: DhcpHost | undefined): bigint {
  const own = kept?.ip === undefined ? undefined : parseIp(kept.ip)
  if (own !== undefined && own.value !== placed.host.value) return own.value
  const start = parseIp(ip.dhcp?.ranges?.[0]?.start ?? '')?.value ?? placed.network.base + 1n
  const taken = new Set([placed.host.value])
  for (const { ip: other } of ip.dhcp?.hosts ?? []) {
    const address = other === undefined ? undefined : parseIp(other)
    if (address !== undefined) taken.add(address.value)
  }
  let at = start
  while (taken.has(at) && at < lastOf(placed.network) - 1n) at++
  return at === placed.host.value ? start - 1n : at
}

/** QEMU's name server has an address of its own, which may be neither the host's nor a guest's. */
function freeAddress({ host, network }: PlacedIp, lent: bigint): bigint {
  let at = lastOf(network) - 1n
  while (at === host.value || at === lent) at--
  return at
}
