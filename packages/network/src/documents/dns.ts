import { integer, list, required, text, texts, yesNo } from '@polyvirt/core/driver'
import type { XmlFields } from '@polyvirt/core/driver'
import { addressField } from './address-field.ts'
import { dnsNameField } from './names.ts'

export interface DnsForwarder {
  readonly domain?: string
  readonly addr?: string
}

const forwarderXml: XmlFields<DnsForwarder> = {
  domain: dnsNameField('@domain'),
  addr: addressField('@addr'),
}

export interface DnsTxt {
  readonly name: string
  readonly value: string
}

export const dnsTxtXml: XmlFields<DnsTxt> = {
  name: required(dnsNameField('@name')),
  value: required(text('@value')),
}

export interface DnsSrv {
  readonly service: string
  readonly protocol: string
  readonly domain?: string
  readonly target?: string
  readonly port?: number
  readonly priority?: number
  readonly weight?: number
}

const short = { max: 65535 } as const

export const dnsSrvXml: XmlFields<DnsSrv> = {
  service: required(text('@service')),
  protocol: required(text('@protocol')),
  domain: dnsNameField('@domain'),
  target: text('@target'),
  port: integer('@port', short),
  priority: integer('@priority', short),
  weight: integer('@weight', short),
}

export interface DnsHost {
  readonly ip: string
  readonly hostnames?: readonly string[]
}

export const dnsHostXml: XmlFields<DnsHost> = {
  ip: required(addressField('@ip')),
  hostnames: texts('hostname'),
}

/** `<dns>`: what a name server of the network's own would answer. */
export interface Dns {
  readonly enable?: boolean
  readonly forwardPlainNames?: boolean
  readonly forwarders?: readonly DnsForwarder[]
  readonly txts?: readonly DnsTxt[]
  readonly srvs?: readonly DnsSrv[]
  readonly hosts?: readonly DnsHost[]
}

export const dnsXml: XmlFields<Dns> = {
  enable: yesNo('@enable'),
  forwardPlainNames: yesNo('@forwardPlainNames'),
  forwarders: list('forwarder', forwarderXml),
  txts: list('txt', dnsTxtXml),
  srvs: list('srv', dnsSrvXml),
  hosts: list('host', dnsHostXml),
}
