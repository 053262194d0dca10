import { quote } from '@polyvirt/core/driver'
import { contains, formatIp, lastOf, parseIp } from '../addresses/ip-address.ts'
import { placedIp } from '../addresses/ip-of-document.ts'
import type { PlacedIp } from '../addresses/ip-of-document.ts'
import type { DhcpRange, NetworkIp } from '../documents/ip.ts'
import type { ProblemList } from './problem-list.ts'

/** One `<ip>`: its address, its network, and what is lent of it. */
export function checkIp(list: ProblemList, path: string, ip: NetworkIp): void {
  const { family = 'ipv4', address, netmask, prefix } = ip
  const found = parseIp(address)
  if (found === undefined) return
  if (ip.family !== undefined && found.family !== family) {
    const shown = family === 'ipv6' ? 'IPv6' : 'IPv4'
    const message = `Family '${family}' specified for non-${shown} address ${quote(address)}`
    list.add('ERR_CONFIG_UNSUPPORTED', `${path}/@address`, message)
    return
  }
  if (ip.family === undefined && found.family === 'ipv6') {
    const message = `No family specified for non-IPv4 address ${quote(address)}; say family='ipv6'`
    list.add('ERR_CONFIG_UNSUPPORTED', `${path}/@address`, message)
    return
  }
  if (netmask !== undefined && prefix !== undefined) {
    list.add('ERR_XML_ERROR', path, 'netmask and prefix say the same; give one of them')
    return
  }
  const placed = placedIp(ip)
  if (placed === undefined) {
    if (netmask === undefined) {
      const message = `Invalid ${family === 'ipv6' ? 'IPv6' : 'IPv4'} prefix '${prefix}'`
      list.add('ERR_CONFIG_UNSUPPORTED', `${path}/@prefix`, message)
    } else {
      const message = `${quote(netmask)} is not a netmask: ones and then zeros, as in 255.255.255.0`
      list.add('ERR_XML_ERROR', `${path}/@netmask`, message)
    }
    return
  }
  for (const [i, range] of (ip.dhcp?.ranges ?? []).entries()) {
    checkRange(list, `${path}/dhcp/range[${i + 1}]`, { range, placed })
  }
  checkHosts(list, path, { ip, placed })
  const { tftpRoot } = ip
  if (tftpRoot !== undefined && !tftpRoot.startsWith('/')) {
    const message = `${quote(tftpRoot, 200)} is not an absolute path: it has to begin with '/'`
    list.add('ERR_XML_ERROR', `${path}/tftp/@root`, message)
  }
}

function checkRange(
  list: ProblemList,
  path: string,
  { range, placed }: { readonly range: DhcpRange; readonly placed: PlacedIp },
): void {
  const { network } = placed
  const [start, end] = [parseIp(range.start), parseIp(range.end)]
  if (start === undefined || end === undefined) return
  const shown = `range ${range.start} - ${range.end}`
  const wrong = (message: string): void => list.add('ERR_XML_ERROR', path, message)
  if (!contains(network, start) || !contains(network, end)) {
    const base = formatNetwork(placed)
    wrong(`${shown} is not entirely within network ${base}`)
  } else if (start.value > end.value) {
    wrong(`${shown} is reversed`)
  } else if (network.family === 'ipv4' && network.prefix < 31) {
    if (start.value === network.base) wrong(`start of ${shown} is the network address`)
    if (end.value === lastOf(network)) wrong(`end of ${shown} is the broadcast address`)
  }
}

/** `10.1.0.1/24`, as libvirt names a network. */
function formatNetwork({ network, host }: PlacedIp): string {
  return `${formatIp(host)}/${network.prefix}`
}

function checkHosts(
  list: ProblemList,
  path: string,
  { ip, placed }: { readonly ip: NetworkIp; readonly placed: PlacedIp },
): void {
  for (const [i, host] of (ip.dhcp?.hosts ?? []).entries()) {
    const at = `${path}/dhcp/host[${i + 1}]`
    if (host.mac === undefined && host.name === undefined && host.id === undefined) {
      const message = 'a host is known by its mac, its id or its name; none is given'
      list.add('ERR_XML_ERROR', at, message)
    }
    const address = host.ip === undefined ? undefined : parseIp(host.ip)
    if (host.ip === undefined) {
      list.add('ERR_XML_ERROR', at, 'a host is given an address: @ip is missing')
    } else if (address !== undefined && !contains(placed.network, address)) {
      const message = `${quote(host.ip)} is not within network ${formatNetwork(placed)}`
      list.add('ERR_XML_ERROR', `${at}/@ip`, message)
    }
  }
}
