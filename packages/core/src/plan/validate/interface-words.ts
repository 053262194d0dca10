import { isVirtioCard } from '../../domain/devices/interface.ts'
import type { Interface, InterfaceType } from '../../domain/devices/interface.ts'
import type { VirtualPort } from '../../domain/devices/virtual-port.ts'
import type { Problem } from '../../errors.ts'
import { quote, unsupported } from '../../errors.ts'
import { ipFamily } from '../ip-words.ts'

/** Words of a card that only some types know, and that would change nothing in silence of the others. */
export function interfaceWords(nic: Interface, path: string): Problem[] {
  // The document said so of a network, whatever that was resolved to.
  const type = nic.network === undefined ? nic.type : 'network'
  return [
    ...typeWords(nic, type, path),
    ...sourceModes(nic, path),
    ...virtualPort(nic, type, `${path}/virtualport`),
    ...vlan(nic, `${path}/vlan`),
    ...addresses(nic, path),
    ...bandwidth(nic, type, `${path}/bandwidth`),
    ...teaming(nic, type, `${path}/teaming`),
  ]
}

interface TypeWord {
  readonly key: keyof Interface
  readonly below: string
  readonly types: readonly InterfaceType[]
  /** Of this value alone. */
  readonly value?: unknown
}

const typed: readonly TypeWord[] = [
  { key: 'mtu', below: 'mtu/@size', types: ['network', 'bridge', 'ethernet', 'vhostuser'] },
  { key: 'coalesceRxFramesMax', below: 'coalesce', types: ['network', 'bridge'] },
  { key: 'isolated', below: 'port/@isolated', types: ['network', 'bridge'], value: true },
  { key: 'targetManaged', below: 'target/@managed', types: ['ethernet'], value: false },
  { key: 'hostIps', below: 'source/ip[1]', types: ['ethernet'] },
  { key: 'hostRoutes', below: 'source/route[1]', types: ['ethernet'] },
  { key: 'routes', below: 'route[1]', types: [] },
]

function typeWords(nic: Interface, type: InterfaceType, path: string): Problem[] {
  return typed.flatMap(({ key, below, types, value }): Problem[] => {
    if (nic[key] === undefined || types.includes(type)) return []
    if (value !== undefined && nic[key] !== value) return []
    const offered =
      types.length === 0 ? 'QEMU offers it of no card' : `it is offered of ${types.join(', ')}`
    return [
      unsupported(
        `${path}/${below}`,
        `an interface of type '${type}' has no <${below.replace(/\[1\]|\/@.*/g, '')}>: ${offered}`,
      ),
    ]
  })
}

/** How a card is connected to what its type says. */
const modes: { readonly [K in InterfaceType]?: readonly string[] } = {
  direct: ['vepa', 'private', 'bridge', 'passthrough'],
  vhostuser: ['server', 'client'],
}

function sourceModes(nic: Interface, path: string): Problem[] {
  const problems: Problem[] = []
  const offered = modes[nic.type]
  const wrong = (below: string, message: string): void => {
    problems.push({ code: 'ERR_XML_ERROR', path: `${path}/${below}`, message })
  }
  if (offered !== undefined && nic.sourceMode !== undefined && !offered.includes(nic.sourceMode))
    wrong('source/@mode', `${quote(nic.sourceMode)} is not one of ${offered.join(', ')}`)
  if (nic.type === 'udp')
    for (const key of ['address', 'port'] as const)
      if (nic.local !== undefined && nic.local[key] === undefined)
        wrong(`source/local/@${key}`, `an interface of type 'udp' needs a local ${key}`)
  if ((nic.type === 'vhostuser' || nic.type === 'vdpa') && !isVirtioCard(nic))
    wrong('model/@type', `behind a '${nic.type}' is a virtio card: use <model type='virtio'/>`)
  if (nic.type !== 'vhostuser') return problems
  if (nic.sourceType !== undefined && nic.sourceType !== 'unix')
    wrong('source/@type', `a switch of users is at a socket: 'unix', not ${quote(nic.sourceType)}`)
  if (nic.reconnectEnabled === true && nic.sourceMode === 'server')
    wrong('source/reconnect', 'whoever listens does not connect again; leave <reconnect> out')
  if (nic.reconnectEnabled === true && nic.reconnectTimeout === undefined)
    wrong('source/reconnect/@timeout', 'after how many seconds is not said')
  return problems
}

const portKeys = {
  managerId: 'managerid',
  typeId: 'typeid',
  typeIdVersion: 'typeidversion',
  instanceId: 'instanceid',
  interfaceId: 'interfaceid',
  profileId: 'profileid',
} as const
type PortKey = keyof typeof portKeys

/** What each kind of switch must be told about a port, and what it may be. */
const switches: Readonly<
  Record<string, { readonly needs: readonly PortKey[]; readonly knows: readonly PortKey[] }>
> = {
  '802.1Qbg': { needs: ['managerId', 'typeId', 'typeIdVersion'], knows: ['instanceId'] },
  '802.1Qbh': { needs: ['profileId'], knows: [] },
  openvswitch: { needs: [], knows: ['interfaceId', 'profileId'] },
  // A profile is no matter of its own, and libvirt does not mind it.
  midonet: { needs: ['interfaceId'], knows: ['profileId'] },
}

function virtualPort(nic: Interface, type: InterfaceType, path: string): Problem[] {
  const port: VirtualPort | undefined = nic.virtualport
  if (port === undefined) return []
  if (!['network', 'bridge', 'direct', 'hostdev'].includes(type))
    return [unsupported(path, `an interface of type '${type}' is plugged into no switch's port`)]
  const wrong = (below: string, message: string): Problem => {
    return { code: 'ERR_XML_ERROR', path: `${path}/${below}`, message }
  }
  if (port.type === undefined)
    return type === 'network'
      ? []
      : [
          wrong(
            '@type',
            'which switch is told of the port is not said; add a type, or leave <virtualport> out',
          ),
        ]
  const { type: kind } = port
  const { needs, knows } = switches[kind] ?? { needs: [], knows: [] }
  const given = (Object.keys(portKeys) as PortKey[]).filter((key) => port[key] !== undefined)
  // A network may know what its ports need.
  const missing = type === 'network' ? [] : needs.filter((key) => !given.includes(key))
  return [
    ...missing.map((key) =>
      wrong(`parameters/@${portKeys[key]}`, `a port of type '${kind}' needs a ${portKeys[key]}`),
    ),
    ...given
      .filter((key) => !needs.includes(key) && !knows.includes(key))
      .map((key) =>
        wrong(`parameters/@${portKeys[key]}`, `a port of type '${kind}' has no ${portKeys[key]}`),
      ),
  ]
}

function vlan({ vlan: tagged }: Interface, path: string): Problem[] {
  if (tagged === undefined) return []
  const { tags = [], trunk } = tagged
  const wrong = (below: string, message: string): Problem[] => [
    { code: 'ERR_XML_ERROR', path: `${path}${below}`, message },
  ]
  if (tags.length === 0) return wrong('', "there is no tag: add <tag id='…'/>")
  const natives = tags.filter(({ nativeMode }) => nativeMode !== undefined)
  if (natives.length > 1) return wrong('', 'one tag is native, and here are more')
  if (trunk !== false) return []
  return wrong('/@trunk', `several tags, or a native one, are a trunk: trunk='yes'`)
}

function addresses(nic: Interface, path: string): Problem[] {
  const { type } = nic
  const of = (ips: Interface['ips'], below: string): Problem[] =>
    (ips ?? []).flatMap(({ address, family, prefix, peer }, i): Problem[] => {
      const at = `${path}/${below}[${i + 1}]`
      const wrong = (word: string, message: string): Problem[] => [
        { code: 'ERR_XML_ERROR', path: `${at}/@${word}`, message },
      ]
      const actual = ipFamily(address)
      if (actual === undefined) return wrong('address', `${quote(address)} is no IP address`)
      if (family !== actual)
        return wrong('address', `${quote(address)} is no address of the family '${family}'`)
      if (below !== 'ip' || type !== 'user') return []
      if (peer !== undefined)
        return [unsupported(`${at}/@peer`, "QEMU's own network has no peer; leave it out")]
      if (prefix === undefined || prefix === 0) return []
      if (actual === 'ipv4' && (prefix < 4 || prefix > 27))
        return wrong('prefix', `${prefix} is not a prefix from 4 to 27`)
      return actual === 'ipv6' && prefix !== 64
        ? wrong('prefix', `${prefix} is not 64, which QEMU's own network has`)
        : []
    })
  const none = `an interface of type '${type}' has no <ip>: its addresses are the guest's own business`
  if (nic.ips !== undefined && type !== 'user') return [unsupported(`${path}/ip[1]`, none)]
  const twice = (nic.ips ?? []).flatMap(({ family }, i, all): Problem[] =>
    type === 'user' && all.findIndex((one) => one.family === family) < i
      ? [unsupported(`${path}/ip[${i + 1}]`, `the card has an address of this family already`)]
      : [],
  )
  return [...of(nic.ips, 'ip'), ...twice, ...of(nic.hostIps, 'source/ip')]
}

function bandwidth(nic: Interface, type: InterfaceType, path: string): Problem[] {
  return (['inbound', 'outbound'] as const).flatMap((direction): Problem[] => {
    const limit = nic.bandwidth?.[direction]
    if (limit === undefined) return []
    const at = `${path}/${direction}`
    const { average, floor, peak, burst } = limit
    if (average === undefined && floor === undefined)
      return [
        {
          code: 'ERR_XML_ERROR',
          path: at,
          message: direction === 'inbound' ? 'needs an average or a floor' : 'needs an average',
        },
      ]
    if (average === undefined && (peak ?? burst) !== undefined)
      return [unsupported(at, `a peak and a burst are above an average, which is missing`)]
    if (floor !== undefined && direction === 'outbound')
      return [unsupported(`${at}/@floor`, 'a floor is for what comes in; move it to <inbound>')]
    return floor !== undefined && type !== 'network'
      ? [unsupported(`${at}/@floor`, "only a network keeps a floor: <interface type='network'>")]
      : []
  })
}

function teaming(nic: Interface, type: InterfaceType, path: string): Problem[] {
  const { teamingType, teamingPersistent } = nic
  if (teamingType === undefined) return []
  if (teamingType === 'persistent') {
    if (teamingPersistent !== undefined)
      return [unsupported(`${path}/@persistent`, `this card is the persistent one itself`)]
    return isVirtioCard(nic)
      ? []
      : [unsupported(`${path}/@type`, "only virtio cards have one beside them: model 'virtio'")]
  }
  if (teamingPersistent === undefined)
    return [unsupported(`${path}/@persistent`, `beside which card is not said: name its alias`)]
  return type === 'hostdev' || type === 'network'
    ? []
    : [unsupported(`${path}/@type`, `only a card of the host comes and goes: type 'hostdev'`)]
}
