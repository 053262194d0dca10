import { integer, oneOf, required, text } from '../../xml/fields.ts'
import type { XmlFields } from '../../xml/fields.ts'

export interface InterfaceIp {
  readonly family?: 'ipv4' | 'ipv6'
  readonly address: string
  readonly prefix?: number
  readonly peer?: string
}

export const ipXml: XmlFields<InterfaceIp> = {
  address: required(text('@address')),
  family: oneOf('@family', ['ipv4', 'ipv6']),
  prefix: integer('@prefix', { max: 128 }),
  peer: text('@peer'),
}

export interface InterfaceRoute {
  readonly family?: 'ipv4' | 'ipv6'
  readonly address: string
  readonly prefix?: number
  readonly netmask?: string
  readonly gateway: string
  readonly metric?: number
}

export const routeXml: XmlFields<InterfaceRoute> = {
  family: oneOf('@family', ['ipv4', 'ipv6']),
  address: required(text('@address')),
  netmask: text('@netmask'),
  prefix: integer('@prefix', { max: 128 }),
  gateway: required(text('@gateway')),
  metric: integer('@metric', { max: 0xffffffff }),
}
