import { fallback, integer, list, oneOf, onOff, report, text, yesNo } from '../../xml/fields.ts'
import type { XmlField, XmlFields } from '../../xml/fields.ts'
import { deviceSeclabelXml } from '../security.ts'
import type { DeviceSeclabel } from '../security.ts'
import { deviceInfoXml } from './device-info.ts'
import type { DeviceInfo } from './device-info.ts'

export const charTypes = [
  'null',
  'vc',
  'pty',
  'dev',
  'file',
  'pipe',
  'stdio',
  'udp',
  'tcp',
  'unix',
  'spicevmc',
  'spiceport',
  'nmdm',
  'qemu-vdagent',
  'dbus',
] as const
export type CharType = (typeof charTypes)[number]

/** One `<source>` of a character device; udp has two, one to bind and one to connect. */
export interface CharSource {
  readonly mode?: 'bind' | 'connect'
  readonly path?: string
  readonly append?: boolean
  readonly host?: string
  readonly service?: string
  readonly channel?: string
  readonly tls?: boolean
  readonly master?: string
  readonly slave?: string
  readonly reconnectEnabled?: boolean
  readonly reconnectTimeout?: number
  readonly seclabels?: readonly DeviceSeclabel[]
  /** `qemu-vdagent` only. */
  readonly clipboardCopyPaste?: boolean
  readonly mouseMode?: 'server' | 'client'
}

export const charSourceXml: XmlFields<CharSource> = {
  mode: oneOf('@mode', ['bind', 'connect']),
  path: text('@path'),
  append: onOff('@append'),
  host: text('@host'),
  service: text('@service'),
  channel: text('@channel'),
  tls: yesNo('@tls'),
  master: text('@master'),
  slave: text('@slave'),
  reconnectEnabled: yesNo('reconnect/@enabled'),
  reconnectTimeout: integer('reconnect/@timeout', { max: 0xffffffff }),
  seclabels: list('seclabel', deviceSeclabelXml),
  clipboardCopyPaste: yesNo('clipboard/@copypaste'),
  mouseMode: oneOf('mouse/@mode', ['server', 'client']),
}

const anySources = list('source', charSourceXml)

/** The sources of a character device; only one that speaks UDP has two: where it hears and whom it calls. */
const sourcesField: XmlField<readonly CharSource[]> = {
  ...anySources,
  read(scope) {
    const found = anySources.read(scope)
    if ((found?.length ?? 0) > 1 && scope.element.attributes.get('type') !== 'udp')
      report(scope, 'ERR_XML_ERROR', 'one <source> is where it is; leave the others out', 'source')
    return found
  },
}

/** What is spoken over TCP. */
export const charProtocols = ['raw', 'telnet', 'telnets', 'tls'] as const
export type CharProtocol = (typeof charProtocols)[number]

/** The host's end of a serial line, console, channel or parallel port. */
export interface CharBackend {
  readonly type: CharType
  /** `<console tty='…'>` of a running guest: libvirt's old form, written beside the source. */
  readonly tty?: string
  readonly sources?: readonly CharSource[]
  readonly protocol?: CharProtocol
  readonly logFile?: string
  readonly logAppend?: boolean
}

const charBackendXml: XmlFields<CharBackend> = {
  type: fallback(oneOf('@type', charTypes), 'pty'),
  tty: text('@tty'),
  sources: sourcesField,
  protocol: oneOf('protocol/@type', charProtocols),
  logFile: text('log/@file'),
  logAppend: onOff('log/@append'),
}

export const serialTargetTypes = [
  'isa-serial',
  'usb-serial',
  'pci-serial',
  'spapr-vio-serial',
  'system-serial',
  'sclp-serial',
  'isa-debug',
] as const
export type SerialTargetType = (typeof serialTargetTypes)[number]

/** A serial port. Its kind (`targetType`, `targetModel`) is the machine's where it is missing. */
export interface Serial extends CharBackend, DeviceInfo {
  readonly targetType?: SerialTargetType
  readonly port?: number
  readonly targetModel?: string
}

export const serialXml: XmlFields<Serial> = {
  ...charBackendXml,
  targetType: oneOf('target/@type', serialTargetTypes),
  port: integer('target/@port', { max: 0x7fffffff }),
  targetModel: text('target/model/@name'),
  ...deviceInfoXml,
}

export interface Parallel extends CharBackend, DeviceInfo {
  readonly port?: number
}

export const parallelXml: XmlFields<Parallel> = {
  ...charBackendXml,
  port: integer('target/@port', { max: 0x7fffffff }),
  ...deviceInfoXml,
}

export const consoleTargetTypes = [
  'serial',
  'virtio',
  'xen',
  'uml',
  'sclp',
  'sclplm',
  'lxc',
] as const
export type ConsoleTargetType = (typeof consoleTargetTypes)[number]

/** What the guest uses as its console; the first one is another view of the first serial port. */
export interface Console extends CharBackend, DeviceInfo {
  readonly targetType?: ConsoleTargetType
  readonly port?: number
}

export const consoleXml: XmlFields<Console> = {
  ...charBackendXml,
  targetType: oneOf('target/@type', consoleTargetTypes),
  port: integer('target/@port', { max: 0x7fffffff }),
  ...deviceInfoXml,
}

/** A named pipe into the guest, such as the guest agent's. */
export interface Channel extends CharBackend, DeviceInfo {
  readonly targetType?: 'virtio' | 'guestfwd' | 'xen'
  readonly name?: string
  readonly state?: 'connected' | 'disconnected'
  readonly guestAddress?: string
  readonly guestPort?: number
}

export const channelXml: XmlFields<Channel> = {
  ...charBackendXml,
  targetType: oneOf('target/@type', ['virtio', 'guestfwd', 'xen']),
  name: text('target/@name'),
  state: oneOf('target/@state', ['connected', 'disconnected']),
  guestAddress: text('target/@address'),
  guestPort: integer('target/@port', { min: 1, max: 65535 }),
  ...deviceInfoXml,
}

export { charBackendXml }
