import {
  integer,
  list,
  macAddress,
  oneOf,
  record,
  required,
  text,
  yesNo,
} from '@polyvirt/core/driver'
import type { XmlFields } from '@polyvirt/core/driver'
import { addressField } from './address-field.ts'

/** How long an address is lent. */
export interface Lease {
  readonly expiry: number
  /** `minutes` where it is missing; 0 is for ever. */
  readonly unit?: 'seconds' | 'minutes' | 'hours'
}

const leaseXml: XmlFields<Lease> = {
  expiry: required(integer('@expiry', { max: 0xffffffff })),
  unit: oneOf('@unit', ['seconds', 'minutes', 'hours']),
}

/** Addresses that are lent. */
export interface DhcpRange {
  readonly start: string
  readonly end: string
  readonly lease?: Lease
}

export const dhcpRangeXml: XmlFields<DhcpRange> = {
  start: required(addressField('@start')),
  end: required(addressField('@end')),
  lease: record('lease', leaseXml),
}

/** One guest's own address and name. */
export interface DhcpHost {
  /** The guest by its card, by its client id, or by its name. */
  readonly mac?: string
  readonly id?: string
  readonly name?: string
  readonly ip?: string
  readonly lease?: Lease
}

export const dhcpHostXml: XmlFields<DhcpHost> = {
  mac: macAddress('@mac'),
  id: text('@id'),
  name: text('@name'),
  ip: addressField('@ip'),
  lease: record('lease', leaseXml),
}

export interface Dhcp {
  readonly ranges?: readonly DhcpRange[]
  readonly hosts?: readonly DhcpHost[]
  readonly bootFile?: string
  readonly bootServer?: string
}

const dhcpXml: XmlFields<Dhcp> = {
  ranges: list('range', dhcpRangeXml),
  hosts: list('host', dhcpHostXml),
  bootFile: text('bootp/@file'),
  bootServer: text('bootp/@server'),
}

/** The host's own address in a network, and what it lends there. */
export interface NetworkIp {
  readonly family?: 'ipv4' | 'ipv6'
  readonly address: string
  readonly netmask?: string
  readonly prefix?: number
  readonly localPtr?: boolean
  readonly tftpRoot?: string
  readonly dhcp?: Dhcp
}

export const networkIpXml: XmlFields<NetworkIp> = {
  family: oneOf('@family', ['ipv4', 'ipv6']),
  address: required(addressField('@address')),
  netmask: addressField('@netmask'),
  prefix: integer('@prefix', { max: 128, what: 'a prefix' }),
  localPtr: yesNo('@localPtr'),
  tftpRoot: text('tftp/@root'),
  dhcp: record('dhcp', dhcpXml),
}
