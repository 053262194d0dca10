import { domainError, quote, readDocument } from '@polyvirt/core/driver'
import type { NetworkUpdate, XmlFields } from '@polyvirt/core/driver'
import { parseIp } from '../addresses/ip-address.ts'
import { dnsHostXml, dnsSrvXml, dnsTxtXml } from '../documents/dns.ts'
import { forwardInterfaceXml } from '../documents/forward.ts'
import { dhcpHostXml, dhcpRangeXml } from '../documents/ip.ts'
import type { NetworkIp } from '../documents/ip.ts'
import type { Network } from '../documents/network.ts'
import { portgroupXml } from '../documents/portgroup.ts'
import { updateList } from './update-list.ts'
import type { Match } from './update-list.ts'

type Change = (network: Network, update: NetworkUpdate) => Network

/** Sections that can be changed one entry at a time; libvirt has no others either. */
const sections: Readonly<Partial<Record<NetworkUpdate['section'], Change>>> = {
  'ip-dhcp-range': (network, update) => {
    const range = entry(update, 'range', dhcpRangeXml)
    return inIp(network, update, (ip) => {
      const match: Match<typeof range> = {
        what: `dhcp range entry in network ${quote(network.name)}`,
        same: (one) => one.start === range.start && one.end === range.end,
        noModify: true,
      }
      const ranges = updateList(ip.dhcp?.ranges ?? [], range, { update, match })
      return { ...ip, dhcp: { ...ip.dhcp, ranges } }
    })
  },
  'ip-dhcp-host': (network, update) => {
    const host = entry(update, 'host', dhcpHostXml)
    const known = { mac: host.mac, id: host.id, name: host.name, ip: host.ip }
    return inIp(network, update, (ip) => {
      const match: Match<typeof host> = {
        what: `dhcp host entry in network ${quote(network.name)}`,
        // To change one, any of its names will do; to take one out, all that are given must fit.
        same: (one) => {
          const said = Object.entries(known).filter(([, value]) => value !== undefined)
          const fits = said.map(([key, value]) => one[key as keyof typeof known] === value)
          return update.command === 'delete' ? fits.every(Boolean) : fits.some(Boolean)
        },
      }
      const hosts = updateList(ip.dhcp?.hosts ?? [], host, { update, match })
      return { ...ip, dhcp: { ...ip.dhcp, hosts } }
    })
  },
  'forward-interface': (network, update) => {
    const device = entry(update, 'interface', forwardInterfaceXml)
    if (network.forward === undefined) {
      const message = `network ${quote(network.name)} forwards nothing: it has no <forward>`
      throw domainError('ERR_OPERATION_INVALID', message)
    }
    const match: Match<typeof device> = {
      what: `forward interface in network ${quote(network.name)}`,
      same: (one) => one.dev === device.dev,
      noModify: true,
    }
    const interfaces = updateList(network.forward.interfaces ?? [], device, { update, match })
    const { dev: _, ...forward } = network.forward
    return { ...network, forward: { ...forward, interfaces } }
  },
  portgroup: (network, update) => {
    const group = entry(update, 'portgroup', portgroupXml)
    const match: Match<typeof group> = {
      what: `portgroup entry in network ${quote(network.name)}`,
      same: (one) => one.name === group.name,
    }
    return {
      ...network,
      portgroups: updateList(network.portgroups ?? [], group, { update, match }),
    }
  },
  'dns-host': (network, update) => {
    const host = entry(update, 'host', dnsHostXml)
    const match: Match<typeof host> = {
      what: `DNS HOST record in network ${quote(network.name)}`,
      same: (one) => one.ip === host.ip,
      noModify: true,
    }
    const hosts = updateList(network.dns?.hosts ?? [], host, { update, match })
    return { ...network, dns: { ...network.dns, hosts } }
  },
  'dns-txt': (network, update) => {
    const txt = entry(update, 'txt', dnsTxtXml)
    const match: Match<typeof txt> = {
      what: `DNS TXT record in network ${quote(network.name)}`,
      same: (one) => one.name === txt.name,
      noModify: true,
    }
    const txts = updateList(network.dns?.txts ?? [], txt, { update, match })
    return { ...network, dns: { ...network.dns, txts } }
  },
  'dns-srv': (network, update) => {
    const srv = entry(update, 'srv', dnsSrvXml)
    const match: Match<typeof srv> = {
      what: `DNS SRV record in network ${quote(network.name)}`,
      same: (one) =>
        one.service === srv.service &&
        one.protocol === srv.protocol &&
        (srv.domain ?? one.domain) === one.domain &&
        (srv.target ?? one.target) === one.target,
      noModify: true,
    }
    const srvs = updateList(network.dns?.srvs ?? [], srv, { update, match })
    return { ...network, dns: { ...network.dns, srvs } }
  },
}

/**
 * One part of a network added, changed or taken out.
 *
 * @throws DomainError `ERR_OPERATION_UNSUPPORTED` for a section that has to be defined anew.
 */
export function updateNetwork(network: Network, update: NetworkUpdate): Network {
  const change = sections[update.section]
  if (change !== undefined) return change(network, update)
  const message = `can't update '${update.section}' section of network ${quote(network.name)}; define it anew. Offered: ${Object.keys(sections).join(', ')}`
  throw domainError('ERR_OPERATION_UNSUPPORTED', message)
}

function entry<T>({ xml }: NetworkUpdate, root: string, fields: XmlFields<T>): T {
  return readDocument(xml, { root, fields }, { validate: true }).value
}

/** The `<ip>` that is meant: by its number; else the first that lends addresses; else the first. */
function inIp(
  network: Network,
  { parentIndex = -1, xml }: NetworkUpdate,
  change: (ip: NetworkIp) => NetworkIp,
): Network {
  const { ips = [], name } = network
  const wanted = parentIndex >= 0 ? parentIndex : fittingIp(ips, xml)
  const found = ips[wanted]
  if (found === undefined) {
    const message =
      parentIndex >= 0
        ? `couldn't update dhcp entry - no <ip> element found at index ${parentIndex} in network ${quote(name)}`
        : `couldn't update dhcp entry - no <ip> element found in network ${quote(name)}`
    throw domainError('ERR_OPERATION_INVALID', message)
  }
  return { ...network, ips: ips.map((ip, i) => (i === wanted ? change(ip) : ip)) }
}

function fittingIp(ips: readonly NetworkIp[], xml: string): number {
  const written = /(?:\bip|\bstart)=['"]([^'"]*)['"]/.exec(xml)?.[1] ?? ''
  const family = parseIp(written)?.family ?? 'ipv4'
  const same = (ip: NetworkIp): boolean => (ip.family ?? 'ipv4') === family
  const lending = ips.findIndex((ip) => same(ip) && ip.dhcp !== undefined)
  return lending === -1 ? ips.findIndex(same) : lending
}
