import {
  fallback,
  integer,
  list,
  oneOf,
  onOff,
  required,
  text,
  yesNo,
  mapped,
  report,
} from '../../xml/fields.ts'
import type { XmlField, XmlFields } from '../../xml/fields.ts'
import { quote } from '../../errors.ts'
import { deviceInfoXml, virtioOptionsXml } from './device-info.ts'
import type { DeviceInfo, VirtioOptions } from './device-info.ts'

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
] as const
export type InterfaceType = (typeof interfaceTypes)[number]

export interface InterfaceIp {
  readonly family?: 'ipv4' | 'ipv6'
  readonly address: string
  readonly prefix?: number
}

const ipXml: XmlFields<InterfaceIp> = {
  address: required(text('@address')),
  family: oneOf('@family', ['ipv4', 'ipv6']),
  prefix: integer('@prefix', { max: 128 }),
}

/** A network card and what it is plugged into on the host. */
export interface Interface extends DeviceInfo, VirtioOptions {
  readonly type: InterfaceType
  /** Six bytes in lower case with colons; given out where it is missing. */
  readonly mac?: string
  readonly bridge?: string
  readonly network?: string
  readonly sourceDev?: string
  readonly sourceMode?: string
  /** Host side of a tap: `vnet0`. */
  readonly target?: string
  readonly targetManaged?: boolean
  readonly script?: string
  readonly downscript?: string
  readonly backendType?: 'default' | 'passt'
  /** Card model: `virtio`, `e1000`, …; the architecture's default where it is missing. */
  readonly model?: string
  readonly driverName?: 'qemu' | 'vhost'
  readonly txmode?: 'iothread' | 'timer'
  readonly ioeventfd?: boolean
  readonly eventIdx?: boolean
  readonly queues?: number
  readonly rxQueueSize?: number
  readonly txQueueSize?: number
  readonly ips?: readonly InterfaceIp[]
  readonly sndbuf?: number
  readonly linkState?: 'up' | 'down'
  readonly mtu?: number
}

export const interfaceXml: XmlFields<Interface> = {
  type: fallback(oneOf('@type', interfaceTypes), 'user'),
  mac: macAddress('mac/@address'),
  bridge: text('source/@bridge'),
  network: text('source/@network'),
  sourceDev: text('source/@dev'),
  sourceMode: text('source/@mode'),
  script: text('script/@path'),
  downscript: text('downscript/@path'),
  target: text('target/@dev'),
  targetManaged: yesNo('target/@managed'),
  backendType: oneOf('backend/@type', ['default', 'passt']),
  model: text('model/@type'),
  driverName: oneOf('driver/@name', ['qemu', 'vhost']),
  txmode: oneOf('driver/@txmode', ['iothread', 'timer']),
  ioeventfd: onOff('driver/@ioeventfd'),
  eventIdx: onOff('driver/@event_idx'),
  queues: integer('driver/@queues', { min: 1, max: 256 }),
  rxQueueSize: integer('driver/@rx_queue_size', { max: 32768 }),
  txQueueSize: integer('driver/@tx_queue_size', { max: 32768 }),
  ...virtioOptionsXml,
  ips: list('ip', ipXml),
  sndbuf: integer('tune/sndbuf', { max: Number.MAX_SAFE_INTEGER }),
  linkState: oneOf('link/@state', ['up', 'down']),
  mtu: integer('mtu/@size', { min: 68, max: 65535 }),
  ...deviceInfoXml,
}

/** A unicast MAC address; multicast ones (odd first byte) cannot belong to a card. */
function macAddress(path: string): XmlField<string> {
  return mapped(
    text(path),
    (written, scope) => {
      const groups = /^([0-9a-f]{1,2})((?::[0-9a-f]{1,2}){5})$/i.exec(written)
      if (groups === null) {
        report(
          scope,
          'ERR_XML_ERROR',
          `${quote(written)} is not a MAC address such as 52:54:00:12:34:56`,
          path,
        )
        return undefined
      }
      const bytes = written.split(':').map((part) => part.toLowerCase().padStart(2, '0'))
      if (Number.parseInt(bytes[0] ?? '0', 16) % 2 === 1) {
        report(
          scope,
          'ERR_XML_ERROR',
          `${quote(written)} is a multicast MAC address; a card needs a unicast one`,
          path,
        )
        return undefined
      }
      return bytes.join(':')
    },
    (mac) => mac,
  )
}
