import type { Problem } from '@polyvirt/core/driver'
import type { ForwardMode } from '../documents/forward.ts'
import type { Network } from '../documents/network.ts'
import { placedIp } from '../addresses/ip-of-document.ts'
import { backingOf } from './network-backing.ts'
import { problemList } from './problem-list.ts'
import type { ProblemList } from './problem-list.ts'

/** Why a mode is not given, and what is. */
const ways: Readonly<Partial<Record<ForwardMode, string>>> = {
  route: `it needs routes and addresses of the host that somebody keeps; make the bridge with the host's own tools and use <forward mode='bridge'/>, or use <forward mode='nat'/>`,
  open: `it needs a bridge that somebody keeps; make it with the host's own tools and use <forward mode='bridge'/>`,
  hostdev: `functions are not handed out from a pool; use <interface type='hostdev'> with the address of one`,
}

/** What keeps a network from being started here, whatever the host has. */
export function startProblems(network: Network): readonly Problem[] {
  const list = problemList()
  const { forward, ips = [] } = network
  const mode = forward?.mode
  const way = mode === undefined ? undefined : ways[mode]
  if (way !== undefined) {
    const message = `forward mode '${mode}' is not offered: ${way}`
    list.add('ERR_CONFIG_UNSUPPORTED', 'forward/@mode', message)
  }
  const backing = backingOf(network)
  if (backing === 'direct' && (forward?.interfaces ?? []).length === 0) {
    const bridges = mode === 'bridge' ? `<bridge name='…'/>, a bridge of the host, or ` : ''
    const pool = forward?.pf === undefined ? '' : ' (functions of a <pf> are not looked up)'
    const message = `forward mode '${mode}' needs ${bridges}<interface dev='…'/>, a network device of the host${pool}`
    list.add('ERR_CONFIG_UNSUPPORTED', 'forward', message)
  }
  if (backing === 'bridge' || backing === 'direct') refuseSwitches(list, network)
  if (mode === undefined || mode === 'nat') {
    const at = ips.findIndex(({ family = 'ipv4' }) => family === 'ipv4')
    const placed = ips[at] && placedIp(ips[at])
    if (placed !== undefined && placed.network.prefix > maxUserPrefix) {
      const message = `a user-mode network needs addresses for the host, a name server and a guest: a prefix of at most ${maxUserPrefix}`
      list.add('ERR_CONFIG_UNSUPPORTED', `ip[${at + 1}]`, message)
    }
  }
  return list.problems
}

/** VLANs and ports are told to Open vSwitch; what Linux has takes neither from its guests. */
function refuseSwitches(list: ProblemList, network: Network): void {
  const groups = (network.portgroups ?? []).map((one, i) => ({ at: `portgroup[${i + 1}]/`, one }))
  for (const { at, one } of [{ at: '', one: network }, ...groups]) {
    for (const word of ['vlan', 'virtualport'] as const) {
      if (one[word] === undefined) continue
      const message = `<${word}> needs Open vSwitch, which is not offered; put the host's side into the VLAN with the host's own tools`
      list.add('ERR_CONFIG_UNSUPPORTED', `${at}${word}`, message)
    }
  }
}

/** Eight addresses: six of them are somebody's, and three are needed. */
const maxUserPrefix = 29
