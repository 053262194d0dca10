import {
  alongside,
  integer,
  list,
  oneOf,
  record,
  required,
  text,
  yesNo,
} from '@polyvirt/core/driver'
import type { XmlFields } from '@polyvirt/core/driver'
import { addressField } from './address-field.ts'
import { deviceField } from './names.ts'

/** How guests of a network reach what is outside of it. */
export const forwardModes = [
  'nat',
  'route',
  'open',
  'bridge',
  'passthrough',
  'private',
  'vepa',
  'hostdev',
] as const
export type ForwardMode = (typeof forwardModes)[number]

export interface ForwardInterface {
  readonly dev: string
}

const interfaceXml: XmlFields<ForwardInterface> = {
  // How many guests use it is of a run, not of a definition.
  dev: alongside(required(deviceField('@dev')), '@connections'),
}

/** A function of a network card that guests are given one of. */
export interface ForwardAddress {
  readonly type: 'pci'
  readonly domain?: string
  readonly bus?: string
  readonly slot?: string
  readonly function?: string
}

const pciXml: XmlFields<ForwardAddress> = {
  type: alongside(required(oneOf('@type', ['pci'])), '@connections'),
  domain: text('@domain'),
  bus: text('@bus'),
  slot: text('@slot'),
  function: text('@function'),
}

/** Addresses and ports that a NAT makes its own out of. */
export interface ForwardNat {
  readonly ipv6?: boolean
  readonly addressStart?: string
  readonly addressEnd?: string
  readonly portStart?: number
  readonly portEnd?: number
}

const port = { max: 65535, what: 'a port' } as const

const natXml: XmlFields<ForwardNat> = {
  ipv6: yesNo('@ipv6'),
  addressStart: addressField('address/@start'),
  addressEnd: addressField('address/@end'),
  portStart: integer('port/@start', port),
  portEnd: integer('port/@end', port),
}

/** `<forward>`; a network without one is isolated. */
export interface Forward {
  readonly dev?: string
  /** `nat` where it is missing. */
  readonly mode?: ForwardMode
  readonly managed?: boolean
  readonly driver?: 'kvm' | 'vfio'
  readonly nat?: ForwardNat
  readonly pf?: string
  readonly interfaces?: readonly ForwardInterface[]
  readonly addresses?: readonly ForwardAddress[]
}

export const forwardXml: XmlFields<Forward> = {
  dev: deviceField('@dev'),
  mode: oneOf('@mode', forwardModes, 'ERR_CONFIG_UNSUPPORTED'),
  managed: yesNo('@managed'),
  driver: oneOf('driver/@name', ['kvm', 'vfio']),
  nat: record('nat', natXml),
  pf: deviceField('pf/@dev'),
  interfaces: list('interface', interfaceXml),
  addresses: list('address', pciXml),
}

export { interfaceXml as forwardInterfaceXml }
