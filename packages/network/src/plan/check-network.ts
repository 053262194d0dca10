import { quote } from '@polyvirt/core/driver'
import type { Problem } from '@polyvirt/core/driver'
import type { Network } from '../documents/network.ts'
import { checkIp } from './check-ip.ts'
import { problemList } from './problem-list.ts'
import type { ProblemList } from './problem-list.ts'

/** Modes in which the host has an address in the network, and libvirt makes the bridge. */
const ownModes: readonly string[] = ['nat', 'route', 'open']

/** What no network can be, whoever gives it: libvirt refuses these at define, too. */
export function networkProblems(network: Network): readonly Problem[] {
  const list = problemList()
  const { name, forward, ips = [], vlan } = network
  const mode = forward?.mode
  const own = mode === undefined || ownModes.includes(mode)
  if (!own && ips.length > 0) {
    list.add(
      'ERR_CONFIG_UNSUPPORTED',
      'ip',
      `Unsupported <ip> element in network ${name} with forward mode='${mode}'`,
    )
  }
  if (!own) refuseOwnWords(list, network)
  if (mode === 'nat' && ips.length === 0) {
    const message = `nat forwarding requested, but no IP address provided for network ${quote(name)}`
    list.add('ERR_XML_ERROR', 'forward', message)
  }
  if (own && vlan !== undefined) {
    const message = `<vlan> element specified for network ${name}, whose type doesn't support vlan configuration`
    list.add('ERR_CONFIG_UNSUPPORTED', 'vlan', message)
  }
  if (mode === 'bridge' && network.bridge?.name?.includes('%d') === true) {
    list.add('ERR_XML_ERROR', 'bridge/@name', `a bridge of the host has a name, not a pattern`)
  }
  for (const [i, ip] of ips.entries()) checkIp(list, `ip[${i + 1}]`, ip)
  checkPortgroups(list, network, own)
  return list.problems
}

/** What only a bridge of libvirt's own has. */
function refuseOwnWords(list: ProblemList, network: Network): void {
  const { name, forward, bridge = {} } = network
  const where = `in network ${name} with forward mode='${forward?.mode ?? ''}'`
  for (const word of ['domain', 'mac', 'bandwidth'] as const) {
    if (network[word] === undefined) continue
    list.add('ERR_CONFIG_UNSUPPORTED', word, `Unsupported <${word}> element ${where}`)
  }
  if (network.mtu !== undefined) {
    const message = `mtu size only allowed in open, route, nat, and isolated mode, not ${where}`
    list.add('ERR_XML_ERROR', 'mtu/@size', message)
  }
  if (bridge.stp !== undefined || bridge.delay !== undefined || bridge.zone !== undefined) {
    const message = `bridge delay/stp/zone options only allowed in route, nat, and isolated mode, not ${where}`
    list.add('ERR_XML_ERROR', 'bridge', message)
  }
}

function checkPortgroups(
  list: ProblemList,
  { name, portgroups = [] }: Network,
  own: boolean,
): void {
  const code = 'ERR_CONFIG_UNSUPPORTED'
  const seen = new Set<string>()
  const defaults = portgroups.filter(({ isDefault }) => isDefault === true)
  if (defaults.length > 1) {
    const two = defaults.map((one) => one.name).join(' and ')
    const message = `network ${quote(name)} has multiple default <portgroup> elements (${two}), but only one default is allowed`
    list.add(code, 'portgroup', message)
  }
  for (const [i, group] of portgroups.entries()) {
    const path = `portgroup[${i + 1}]`
    if (seen.has(group.name)) {
      const message = `multiple <portgroup> elements with the same name (${group.name}) in network ${quote(name)}`
      list.add(code, path, message)
    }
    seen.add(group.name)
    if (own && group.vlan !== undefined) {
      const message = `<vlan> element specified for network ${name}, whose type doesn't support vlan configuration`
      list.add(code, `${path}/vlan`, message)
    }
  }
}
