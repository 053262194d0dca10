import {
  fallback,
  integer,
  list,
  oneOf,
  onOff,
  record,
  required,
  text,
  yesNo,
  within,
} from '../../xml/fields.ts'
import type { XmlField, XmlFields } from '../../xml/fields.ts'
import { bootOptionsXml, deviceInfoXml, romOptionsXml, virtioOptionsXml } from './device-info.ts'
import type { BootOptions, DeviceInfo, RomOptions, VirtioOptions } from './device-info.ts'
import { ipXml, routeXml } from './interface-ip.ts'
import type { InterfaceIp, InterfaceRoute } from './interface-ip.ts'
import { macAddress } from './mac-address.ts'
import { virtualPortXml, vlanXml } from './virtual-port.ts'
import type { VirtualPort, Vlan } from './virtual-port.ts'
import { uuidField } from '../identity.ts'
import { addressField } from '../address.ts'
import type { Address } from '../address.ts'

export const interfaceTypes = [
  'user',
  'ethernet',
  'bridge',
  'network',
  'direct',
  'vhostuser',
  'server',
  'client',
  'mcast',
  'udp',
  'internal',
  'hostdev',
  'vdpa',
  'null',
  'vds',
] as const
export type InterfaceType = (typeof interfaceTypes)[number]

/** libvirt forgets one that has no name or no value. */
export interface FilterParameter {
  readonly name?: string
  readonly value?: string
}

const filterParameterXml: XmlFields<FilterParameter> = {
  name: text('@name'),
  value: text('@value'),
}

/** `<filterref>`: a packet filter that is kept elsewhere; libvirt forgets one without a name. */
export interface FilterReference {
  readonly filter?: string
  readonly parameters?: readonly FilterParameter[]
}

const filterXml: XmlFields<FilterReference> = {
  filter: text('@filter'),
  parameters: list('parameter', filterParameterXml),
}

/** One direction's limits: `average`, `peak` and `floor` in kilobytes (1000 bytes) a second, `burst` in KiB. */
export interface BandwidthLimit {
  readonly average?: number
  readonly peak?: number
  readonly floor?: number
  readonly burst?: number
}

const limitXml: XmlFields<BandwidthLimit> = {
  average: integer('@average'),
  peak: integer('@peak'),
  floor: integer('@floor'),
  burst: integer('@burst'),
}

export interface Bandwidth {
  readonly inbound?: BandwidthLimit
  readonly outbound?: BandwidthLimit
}

export const bandwidthXml: XmlFields<Bandwidth> = {
  inbound: record('inbound', limitXml),
  outbound: record('outbound', limitXml),
}

/** Offloads of one side of a virtio card that QEMU can switch off. */
export interface VirtioOffloads {
  readonly csum?: boolean
  readonly gso?: boolean
  readonly tso4?: boolean
  readonly tso6?: boolean
  readonly ecn?: boolean
  readonly ufo?: boolean
  readonly mrgRxbuf?: boolean
}

const offloadsXml: XmlFields<VirtioOffloads> = {
  csum: onOff('@csum'),
  gso: onOff('@gso'),
  tso4: onOff('@tso4'),
  tso6: onOff('@tso6'),
  ecn: onOff('@ecn'),
  ufo: onOff('@ufo'),
  mrgRxbuf: onOff('@mrg_rxbuf'),
}

export interface PortForwardRange {
  readonly start: number
  readonly end?: number
  readonly to?: number
  readonly exclude?: boolean
}

const port = { min: 1, max: 65535, what: 'a port' } as const

const rangeXml: XmlFields<PortForwardRange> = {
  start: required(integer('@start', port)),
  end: integer('@end', port),
  to: integer('@to', port),
  exclude: yesNo('@exclude'),
}

export interface PortForward {
  readonly proto: 'tcp' | 'udp'
  readonly address?: string
  readonly dev?: string
  readonly ranges?: readonly PortForwardRange[]
}

export const portForwardXml: XmlFields<PortForward> = {
  proto: required(oneOf('@proto', ['tcp', 'udp'])),
  address: text('@address'),
  dev: text('@dev'),
  ranges: list('range', rangeXml),
}

/** Pairs of ports, the host's and the guest's, less those that another range takes out. */
export function forwardedPorts({
  ranges = [],
}: PortForward): readonly (readonly [number, number])[] {
  const left = (port: number): boolean =>
    !ranges.some(
      ({ exclude, start, end = start }) => exclude === true && port >= start && port <= end,
    )
  return ranges
    .filter(({ exclude }) => exclude !== true)
    .flatMap(({ start, end = start, to = start }) =>
      Array.from({ length: Math.max(0, end - start + 1) }, (_, i) => [start + i, to + i] as const),
    )
    .filter(([port]) => left(port))
}

/** One end of a socket connection between guests. */
export interface SocketEnd {
  readonly address?: string
  readonly port?: number
}

const localXml: XmlFields<SocketEnd> = {
  address: text('@address'),
  port: integer('@port', port),
}

/** What a network of QEMU's own is beside its addresses; no document has words for it. */
export interface UserNetwork {
  /** The host's address as the guest sees it. */
  readonly host?: string
  /** First address that is lent. */
  readonly dhcpStart?: string
  /** Nothing but what is forwarded goes in or out. */
  readonly restrict?: boolean
  /** Name that the guest is given with its address. */
  readonly hostname?: string
  /** Address at which the guest finds a name server. */
  readonly dns?: string
  readonly domain?: string
  readonly dnsSearch?: readonly string[]
  /** Folder whose files the guest can fetch by TFTP. */
  readonly tftp?: string
  /** The file in it that a guest boots from. */
  readonly bootFile?: string
}

/** A network card and what it is plugged into on the host. */
export interface Interface extends BootOptions, DeviceInfo, RomOptions, VirtioOptions {
  readonly type: InterfaceType
  /** `hostdev` only: polyvirt takes the device from its driver and gives it back. */
  readonly managed?: boolean
  readonly trustGuestRxFilters?: boolean
  /** Six bytes in lower case with colons; given out where it is missing. */
  readonly mac?: string
  readonly macType?: 'generated' | 'static'
  readonly macCheck?: boolean
  readonly bridge?: string
  readonly network?: string
  readonly portgroup?: string
  readonly portid?: string
  readonly sourceDev?: string
  readonly sourceMode?: string
  readonly sourceType?: string
  readonly sourcePath?: string
  readonly sourceName?: string
  readonly sourceAddress?: string
  readonly sourcePort?: number
  readonly local?: SocketEnd
  /** What a tap has on the host's side. */
  readonly hostIps?: readonly InterfaceIp[]
  readonly hostRoutes?: readonly InterfaceRoute[]
  /** `vds` only: the distributed switch of another hypervisor. */
  readonly switchId?: string
  readonly portgroupId?: string
  readonly connectionId?: number
  /** `hostdev` only: the device on the host. */
  readonly hostAddress?: Address
  readonly reconnectEnabled?: boolean
  readonly reconnectTimeout?: number
  readonly virtualport?: VirtualPort
  readonly vlan?: Vlan
  /** Host side of a tap: `vnet0`. */
  readonly target?: string
  readonly targetManaged?: boolean
  readonly guestDev?: string
  readonly guestActual?: string
  readonly script?: string
  readonly downscript?: string
  readonly backendType?: 'default' | 'passt'
  readonly backendTap?: string
  readonly backendVhost?: string
  readonly backendLogFile?: string
  readonly portForwards?: readonly PortForward[]
  /** What the virtual network says of this run; never written. */
  readonly userNetwork?: UserNetwork
  /** Card model: `virtio`, `e1000`, …; the architecture's default where it is missing. */
  readonly model?: string
  readonly driverName?: 'qemu' | 'vhost' | 'vfio'
  readonly txmode?: 'iothread' | 'timer'
  readonly ioeventfd?: boolean
  readonly eventIdx?: boolean
  readonly queues?: number
  readonly rxQueueSize?: number
  readonly txQueueSize?: number
  readonly rss?: boolean
  readonly rssHashReport?: boolean
  readonly hostOffloads?: VirtioOffloads
  readonly guestOffloads?: VirtioOffloads
  readonly filterref?: FilterReference
  readonly teamingType?: 'persistent' | 'transient'
  readonly teamingPersistent?: string
  readonly ips?: readonly InterfaceIp[]
  readonly routes?: readonly InterfaceRoute[]
  readonly bandwidth?: Bandwidth
  readonly sndbuf?: number
  readonly linkState?: 'up' | 'down'
  readonly mtu?: number
  readonly coalesceRxFramesMax?: number
  readonly isolated?: boolean
}

/** What a card of the host has in its source; of others libvirt does not look at it. */
function ofHostCards<T>(field: XmlField<T>): XmlField<T> {
  return {
    ...field,
    read: (scope) =>
      scope.element.attributes.get('type') === 'hostdev' ? field.read(scope) : undefined,
  }
}

export const interfaceXml: XmlFields<Interface> = {
  type: fallback(oneOf('@type', interfaceTypes), 'user'),
  managed: yesNo('@managed'),
  trustGuestRxFilters: yesNo('@trustGuestRxFilters'),
  mac: macAddress('mac/@address'),
  macType: oneOf('mac/@type', ['generated', 'static']),
  macCheck: yesNo('mac/@check'),
  network: text('source/@network'),
  portgroup: text('source/@portgroup'),
  // A port is made anew for each run.
  switchId: uuidField('source/@switchid'),
  portid: text('source/@portid'),
  portgroupId: text('source/@portgroupid'),
  connectionId: integer('source/@connectionid', { max: 0xffffffff }),
  bridge: text('source/@bridge'),
  sourceType: text('source/@type'),
  sourceDev: text('source/@dev'),
  sourcePath: text('source/@path'),
  sourceName: text('source/@name'),
  sourceAddress: text('source/@address'),
  sourcePort: integer('source/@port', port),
  sourceMode: text('source/@mode'),
  local: record('source/local', localXml),
  hostIps: list('source/ip', ipXml),
  hostRoutes: list('source/route', routeXml),
  hostAddress: ofHostCards(within('source', addressField)),
  reconnectEnabled: yesNo('source/reconnect/@enabled'),
  reconnectTimeout: integer('source/reconnect/@timeout', { max: 0xffffffff }),
  virtualport: record('virtualport', virtualPortXml),
  vlan: record('vlan', vlanXml),
  script: text('script/@path'),
  downscript: text('downscript/@path'),
  target: text('target/@dev'),
  targetManaged: yesNo('target/@managed'),
  guestDev: text('guest/@dev'),
  guestActual: text('guest/@actual'),
  backendType: oneOf('backend/@type', ['default', 'passt']),
  backendTap: text('backend/@tap'),
  backendVhost: text('backend/@vhost'),
  backendLogFile: text('backend/@logFile'),
  model: text('model/@type'),
  driverName: oneOf('driver/@name', ['qemu', 'vhost', 'vfio']),
  txmode: oneOf('driver/@txmode', ['iothread', 'timer']),
  ioeventfd: onOff('driver/@ioeventfd'),
  eventIdx: onOff('driver/@event_idx'),
  queues: integer('driver/@queues', { max: 256 }),
  rxQueueSize: integer('driver/@rx_queue_size', { max: 32768 }),
  txQueueSize: integer('driver/@tx_queue_size', { max: 32768 }),
  rss: onOff('driver/@rss'),
  rssHashReport: onOff('driver/@rss_hash_report'),
  ...virtioOptionsXml,
  hostOffloads: record('driver/host', offloadsXml),
  guestOffloads: record('driver/guest', offloadsXml),
  filterref: record('filterref', filterXml),
  bandwidth: record('bandwidth', bandwidthXml),
  teamingType: oneOf('teaming/@type', ['persistent', 'transient']),
  teamingPersistent: text('teaming/@persistent'),
  ips: list('ip', ipXml),
  routes: list('route', routeXml),
  portForwards: list('portForward', portForwardXml),
  userNetwork: { knows: [], read: () => undefined, write: () => {} },
  linkState: oneOf('link/@state', ['up', 'down']),
  mtu: integer('mtu/@size', { max: 65535 }),
  sndbuf: integer('tune/sndbuf', { max: Number.MAX_SAFE_INTEGER }),
  coalesceRxFramesMax: integer('coalesce/rx/frames/@max', { max: 0xffffffff }),
  isolated: yesNo('port/@isolated'),
  ...deviceInfoXml,
  ...bootOptionsXml,
  ...romOptionsXml,
}

/** The models that libvirt knows as virtio cards; QEMU's own name of one is a name like any other to it. */
export function isVirtioCard({ model }: Pick<Interface, 'model'>): boolean {
  return model !== undefined && /^virtio(?:-(?:non-)?transitional)?$/.test(model)
}

/** Cards whose packets go several ways at once. */
export function hasQueues({ queues = 0 }: Interface): boolean {
  return queues > 1
}

/** Cards behind a tap of this host: a network that is resolved to a bridge is one of them. */
export function isOnTap({ type, bridge }: Interface): boolean {
  return (
    type === 'bridge' ||
    type === 'ethernet' ||
    type === 'direct' ||
    (type === 'network' && bridge !== undefined)
  )
}

/** Cards whose tap is the guest's own: it is made for it, and goes with it. */
export function hasOwnTap(nic: Interface): boolean {
  return isOnTap(nic) && nic.targetManaged !== false
}

/** Cards whose tap stands on a network device of the host, without a bridge between: macvtap. */
export function isOnMacvtap({ type }: Interface): boolean {
  return type === 'direct'
}
