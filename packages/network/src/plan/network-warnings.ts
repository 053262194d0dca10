import type { Problem } from '@polyvirt/core/driver'
import type { Network } from '../documents/network.ts'
import { backingOf } from './network-backing.ts'
import { problemList } from './problem-list.ts'
import type { ProblemList } from './problem-list.ts'
import { startProblems } from './start-problems.ts'

/** What is kept, and is not as libvirt's bridge and its dnsmasq would give it. */
export function networkWarnings(network: Network): readonly Problem[] {
  const refused = startProblems(network)
  if (refused.length > 0) {
    return refused.map((one) => ({
      ...one,
      message: `${one.message}; it is kept, and not started`,
    }))
  }
  const list = problemList()
  if (backingOf(network) === 'user') warnOfUserMode(list, network)
  if (network.bandwidth !== undefined) add(list, 'bandwidth', 'no limits are set')
  for (const [i, group] of (network.portgroups ?? []).entries()) {
    if (group.bandwidth !== undefined && backingOf(network) === 'user')
      add(list, `portgroup[${i + 1}]/bandwidth`, 'no limits are set')
  }
  if (network.dnsmasqOptions !== undefined) {
    add(list, 'dnsmasq:options', 'there is no dnsmasq that could be given options')
  }
  return list.problems
}

function add(list: ProblemList, path: string, message: string): void {
  list.add('ERR_CONFIG_UNSUPPORTED', path, `kept without effect: ${message}`)
}

/** Parts of a document that a user-mode network has no place for, and what is so instead. */
const withoutEffect: readonly (readonly [keyof Network, string])[] = [
  ['mtu', 'a user-mode network has no MTU to set'],
  ['mac', 'there is no bridge that would have this address'],
  ['routes', 'the host is not in this network'],
  ['virtualport', 'there is no switch that would be told'],
  ['ipv6', 'guests do not see each other'],
  ['portIsolated', 'guests do not see each other anyhow'],
  ['trustGuestRxFilters', 'there is no device of the host behind a card'],
]

function warnOfUserMode(list: ProblemList, network: Network): void {
  const { forward, bridge, ips = [], dns, domain } = network
  const [what, reached] =
    forward === undefined
      ? ['isolated', 'nor anything else']
      : [
          'nat',
          `nor the host's bridge, and nothing outside reaches them but through the <portForward> of their interface`,
        ]
  list.add(
    'ERR_CONFIG_UNSUPPORTED',
    forward === undefined ? '' : 'forward',
    `${what} networks are QEMU's user-mode networking, one for each guest: guests do not see each other, ${reached}`,
  )
  if (bridge?.name !== undefined) add(list, 'bridge', `no bridge '${bridge.name}' is made`)
  for (const [word, why] of withoutEffect) {
    const value = network[word]
    if (value !== undefined && value !== false)
      add(list, word === 'portIsolated' ? 'port' : word === 'routes' ? 'route' : word, why)
  }
  if (forward?.nat !== undefined)
    add(list, 'forward/nat', `connections come from the host's own addresses`)
  if (forward?.dev !== undefined) {
    add(list, 'forward/@dev', `connections go where the host's routes lead`)
  }
  if (domain?.localOnly === true) {
    add(list, 'domain/@localOnly', 'every question goes to the name server of the host')
  }
  warnOfDns(list, dns)
  if (ips.length === 0) {
    list.add('ERR_CONFIG_UNSUPPORTED', '', `without <ip>, guests are lent addresses of 10.0.2.0/24`)
  }
  let seen = { ipv4: 0, ipv6: 0 }
  for (const [i, ip] of ips.entries()) {
    const path = `ip[${i + 1}]`
    const { family = 'ipv4', dhcp, tftpRoot } = ip
    seen = { ...seen, [family]: seen[family] + 1 }
    if (seen[family] > 1) add(list, path, `a user-mode network has one address of a family`)
    if (dhcp?.bootServer !== undefined)
      add(list, `${path}/dhcp/bootp/@server`, `files are served by QEMU, at the host's address`)
    if (dhcp?.bootFile !== undefined && tftpRoot === undefined)
      add(list, `${path}/dhcp/bootp`, 'there is no <tftp> that would serve the file')
    if (family === 'ipv6' && tftpRoot !== undefined)
      add(list, `${path}/tftp`, 'files are served over IPv4 alone')
    if (family === 'ipv4' && dhcp === undefined) {
      list.add('ERR_CONFIG_UNSUPPORTED', path, 'addresses are lent although <dhcp> is missing')
    }
    for (const [n, host] of (dhcp?.hosts ?? []).entries()) {
      if (host.mac === undefined)
        add(list, `${path}/dhcp/host[${n + 1}]`, 'only hosts with a mac are known')
    }
  }
}

function warnOfDns(list: ProblemList, dns: Network['dns']): void {
  if (dns === undefined) return
  if (dns.enable === false) {
    const message = 'guests are told of a name server although <dns> is not enabled'
    list.add('ERR_CONFIG_UNSUPPORTED', 'dns/@enable', message)
    return
  }
  const words = { forwarders: 'forwarder', txts: 'txt', srvs: 'srv', hosts: 'host' } as const
  for (const [key, word] of Object.entries(words)) {
    if (dns[key as keyof typeof words] !== undefined)
      add(list, `dns/${word}`, `the name server is the host's, which does not know of it`)
  }
}
