import {
  bandwidthXml,
  ignored,
  integer,
  list,
  macAddress,
  nameField,
  oneOf,
  onOff,
  readDocument,
  record,
  required,
  routeXml,
  text,
  uuidField,
  verbatim,
  virtualPortXml,
  vlanXml,
  writeDocument,
  yesNo,
} from '@polyvirt/core/driver'
import type {
  Bandwidth,
  InterfaceRoute,
  ReadDocument,
  ReadDocumentOptions,
  VirtualPort,
  Vlan,
  XmlFields,
} from '@polyvirt/core/driver'
import { dnsXml } from './dns.ts'
import type { Dns } from './dns.ts'
import { forwardXml } from './forward.ts'
import type { Forward } from './forward.ts'
import { networkIpXml } from './ip.ts'
import type { NetworkIp } from './ip.ts'
import { bridgeField, dnsNameField } from './names.ts'
import { portgroupXml } from './portgroup.ts'
import type { Portgroup } from './portgroup.ts'

/** `<bridge>`: the host's own with `<forward mode='bridge'>`, else one that libvirt would make. */
export interface Bridge {
  readonly name?: string
  readonly zone?: string
  readonly stp?: boolean
  /** Seconds before a new port forwards. */
  readonly delay?: number
  readonly macTableManager?: 'kernel' | 'libvirt'
}

const bridgeXml: XmlFields<Bridge> = {
  name: bridgeField('@name'),
  zone: text('@zone'),
  stp: onOff('@stp'),
  delay: integer('@delay', { max: 0xffffffff }),
  macTableManager: oneOf('@macTableManager', ['kernel', 'libvirt']),
}

export interface NetworkDomain {
  readonly name: string
  readonly localOnly?: boolean
}

const domainXml: XmlFields<NetworkDomain> = {
  name: required(dnsNameField('@name')),
  localOnly: yesNo('@localOnly'),
}

/** A network, as libvirt's schema has it. */
export interface Network {
  readonly ipv6?: boolean
  readonly trustGuestRxFilters?: boolean
  readonly name: string
  readonly uuid?: string
  readonly title?: string
  readonly description?: string
  readonly metadata?: string
  readonly forward?: Forward
  readonly bridge?: Bridge
  readonly mtu?: number
  readonly mac?: string
  readonly domain?: NetworkDomain
  readonly dns?: Dns
  readonly vlan?: Vlan
  readonly bandwidth?: Bandwidth
  readonly portIsolated?: boolean
  readonly ips?: readonly NetworkIp[]
  readonly routes?: readonly InterfaceRoute[]
  readonly virtualport?: VirtualPort
  readonly portgroups?: readonly Portgroup[]
  /** `<dnsmasq:options>`, kept as it stands. */
  readonly dnsmasqOptions?: string
}

const networkXml: XmlFields<Network> = {
  ipv6: ignored(yesNo('@ipv6'), '@connections'),
  trustGuestRxFilters: yesNo('@trustGuestRxFilters'),
  name: required(nameField),
  uuid: uuidField('uuid'),
  title: text('title'),
  description: text('description'),
  metadata: verbatim('metadata'),
  forward: record('forward', forwardXml),
  bridge: record('bridge', bridgeXml),
  mtu: integer('mtu/@size', { min: 68, max: 65535, what: 'an MTU' }),
  mac: macAddress('mac/@address'),
  domain: record('domain', domainXml),
  dns: record('dns', dnsXml),
  vlan: record('vlan', vlanXml),
  bandwidth: record('bandwidth', bandwidthXml),
  portIsolated: yesNo('port/@isolated'),
  ips: list('ip', networkIpXml),
  routes: list('route', routeXml),
  virtualport: record('virtualport', virtualPortXml),
  portgroups: list('portgroup', portgroupXml),
  dnsmasqOptions: verbatim('dnsmasq:options'),
}

const networkKind = { root: 'network', fields: networkXml }

/** @throws DomainError with every problem, its line and its path. */
export function readNetwork(xml: string, options?: ReadDocumentOptions): ReadDocument<Network> {
  return readDocument(xml, networkKind, options)
}

export function formatNetwork(network: Network): string {
  return writeDocument(network, networkKind)
}
