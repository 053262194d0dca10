import {
  alongside,
  fallback,
  hex,
  ignored,
  integer,
  list,
  nonEmpty,
  oneOf,
  present,
  record,
  required,
  text,
  yesNo,
} from '../../xml/fields.ts'
import type { XmlField, XmlFields } from '../../xml/fields.ts'
import { bytesField } from '../memory.ts'
import { deviceSeclabelXml } from '../security.ts'
import type { DeviceSeclabel } from '../security.ts'

/**
 * Where an image is: what a disk, an image below it, and a copy of it have in common. Which
 * property counts follows from the `type` beside it.
 */

export const diskTypes = [
  'file',
  'block',
  'dir',
  'network',
  'volume',
  'nvme',
  'vhostuser',
  'vhostvdpa',
] as const
export type DiskType = (typeof diskTypes)[number]

/** Image formats QEMU reads; the format is always stated, never probed. */
export const diskFormats = [
  'raw',
  'qcow2',
  'qcow',
  'qed',
  'vmdk',
  'vdi',
  'vpc',
  'vhdx',
  'dmg',
  'cloop',
  'bochs',
  'parallels',
  'luks',
  'iso',
  'fat',
  'dir',
  'ploop',
  'cow',
  'vhd',
] as const
export type DiskFormat = (typeof diskFormats)[number]

export const diskProtocols = [
  'nbd',
  'rbd',
  'sheepdog',
  'gluster',
  'iscsi',
  'http',
  'https',
  'ftp',
  'ftps',
  'tftp',
  'ssh',
  'vxhs',
  'nfs',
] as const
export type DiskProtocol = (typeof diskProtocols)[number]

/** One server of a network disk. */
export interface DiskHost {
  readonly name?: string
  readonly port?: number
  readonly transport?: 'tcp' | 'unix' | 'rdma'
  readonly socket?: string
}

export const diskHostXml: XmlFields<DiskHost> = {
  name: text('@name'),
  port: integer('@port', { max: 65535, what: 'a port' }),
  transport: oneOf('@transport', ['tcp', 'unix', 'rdma']),
  socket: text('@socket'),
}

/** A secret that is kept elsewhere, by one of its names. */
export interface SecretReference {
  readonly type?: string
  readonly uuid?: string
  readonly usage?: string
}

export const secretXml: XmlFields<SecretReference> = {
  type: text('@type'),
  uuid: text('@uuid'),
  usage: text('@usage'),
}

/** Who asks the server. */
export interface DiskAuth {
  readonly username: string
  readonly secret?: SecretReference
}

export const diskAuthXml: XmlFields<DiskAuth> = {
  username: required(text('@username')),
  secret: record('secret', secretXml),
}

/** How the image is encrypted. */
export interface DiskEncryption {
  readonly format: 'default' | 'qcow' | 'luks' | 'luks2' | 'luks-any'
  readonly engine?: 'qemu' | 'librbd'
  readonly secrets?: readonly SecretReference[]
  /** How an image is made; one that is there knows by itself, so `validateDomain` refuses it. */
  readonly cipher?: boolean
  /** Stands beside a cipher. */
  readonly ivgen?: boolean
}

export const diskEncryptionXml: XmlFields<DiskEncryption> = {
  format: required(oneOf('@format', ['default', 'qcow', 'luks', 'luks2', 'luks-any'])),
  engine: oneOf('@engine', ['qemu', 'librbd']),
  secrets: list('secret', secretXml),
  cipher: ignored(present('cipher'), 'cipher!'),
  ivgen: ignored(present('ivgen'), 'ivgen!'),
}

/** `<reservations>`: SCSI persistent reservations through a helper's socket. */
export interface Reservations {
  readonly managed?: boolean
  readonly sourceType?: 'unix'
  readonly path?: string
  readonly mode?: 'client'
}

export const reservationsXml: XmlFields<Reservations> = {
  managed: yesNo('@managed'),
  sourceType: oneOf('source/@type', ['unix']),
  path: text('source/@path'),
  mode: oneOf('source/@mode', ['client']),
}

/** A part of a file that is the image. In bytes. */
export interface DiskSlice {
  readonly type: 'storage'
  readonly offset: number
  readonly size: number
}

const sliceXml: XmlFields<DiskSlice> = {
  type: required(oneOf('@type', ['storage'])),
  offset: required(integer('@offset')),
  size: required(integer('@size')),
}

export interface Cookie {
  readonly name: string
  readonly value: string
}

const cookieXml: XmlFields<Cookie> = {
  name: required(text('@name')),
  value: required(text('.')),
}

/** PCI address of an NVMe controller on the host. */
export interface HostPciAddress {
  readonly domain: number
  readonly bus: number
  readonly slot: number
  readonly function: number
}

export const hostPciXml: XmlFields<HostPciAddress> = {
  domain: fallback(hex('@domain', 4, { max: 0xffff_ffff, what: 'a PCI domain' }), 0),
  bus: fallback(hex('@bus', 2, { max: 255, what: 'a PCI bus' }), 0),
  slot: fallback(hex('@slot', 2, { max: 31, what: 'a PCI slot' }), 0),
  function: fallback(hex('@function', 1, { max: 7, what: 'a PCI function' }), 0),
}

export interface DiskSource {
  readonly file?: string
  readonly dev?: string
  readonly dir?: string
  readonly protocol?: DiskProtocol
  readonly name?: string
  readonly query?: string
  readonly tls?: boolean
  readonly tlsHostname?: string
  /** Descriptors that somebody hands over in place of the file. */
  readonly fdgroup?: string
  readonly pool?: string
  readonly volume?: string
  readonly mode?: 'host' | 'direct'
  /** `vhostuser` and `nvme`. */
  readonly sourceType?: string
  readonly path?: string
  readonly socketMode?: string
  readonly namespace?: number
  readonly managed?: boolean
  readonly startupPolicy?: 'mandatory' | 'requisite' | 'optional'
  /** Number of the image's nodes in the QEMU that runs: `libvirt-N-format`. Belongs to one run. */
  readonly index?: number
  readonly hosts?: readonly DiskHost[]
  readonly reconnectEnabled?: boolean
  readonly reconnectTimeout?: number
  readonly snapshot?: string
  readonly config?: string
  readonly initiator?: string
  readonly hostAddress?: HostPciAddress
  readonly auth?: DiskAuth
  readonly encryption?: DiskEncryption
  readonly reservations?: Reservations
  readonly slices?: readonly DiskSlice[]
  readonly sslVerify?: boolean
  readonly cookies?: readonly Cookie[]
  readonly readaheadBytes?: number
  readonly timeoutSeconds?: number
  readonly identityUser?: string
  readonly identityGroup?: string
  readonly identityUsername?: string
  readonly identityKeyfile?: string
  readonly knownHosts?: string
  readonly seclabels?: readonly DeviceSeclabel[]
}

export const diskSourceXml: XmlFields<DiskSource> = {
  file: nonEmpty('@file'),
  dev: nonEmpty('@dev'),
  dir: nonEmpty('@dir'),
  protocol: oneOf('@protocol', diskProtocols),
  name: nonEmpty('@name'),
  query: text('@query'),
  tls: yesNo('@tls'),
  tlsHostname: text('@tlsHostname'),
  fdgroup: text('@fdgroup'),
  pool: text('@pool'),
  volume: text('@volume'),
  mode: modeField('host', 'direct') as XmlField<'host' | 'direct'>,
  sourceType: text('@type'),
  path: text('@path'),
  socketMode: modeField('client', 'server'),
  namespace: integer('@namespace', { min: 1, max: 0xffffffff }),
  managed: yesNo('@managed'),
  startupPolicy: oneOf('@startupPolicy', ['mandatory', 'requisite', 'optional']),
  index: integer('@index', { max: 0xffffffff }),
  hosts: list('host', diskHostXml),
  reconnectEnabled: yesNo('reconnect/@enabled'),
  reconnectTimeout: integer('reconnect/@timeout', { max: 0xffffffff }),
  snapshot: text('snapshot/@name'),
  config: text('config/@file'),
  initiator: text('initiator/iqn/@name'),
  hostAddress: hostAddressField(),
  auth: record('auth', diskAuthXml),
  encryption: record('encryption', diskEncryptionXml),
  reservations: record('reservations', reservationsXml),
  slices: list('slices/slice', sliceXml),
  sslVerify: yesNo('ssl/@verify'),
  cookies: list('cookies/cookie', cookieXml),
  readaheadBytes: integer('readahead/@size'),
  timeoutSeconds: integer('timeout/@seconds'),
  identityUser: text('identity/@user'),
  identityGroup: text('identity/@group'),
  identityUsername: text('identity/@username'),
  identityKeyfile: text('identity/@keyfile'),
  knownHosts: text('knownHosts/@path'),
  seclabels: list('seclabel', deviceSeclabelXml),
}

/** `mode` says how a volume is reached or which end of a socket this is: two words, one name. */
function modeField(...words: readonly string[]): XmlField<string> {
  const field = text('@mode')
  return {
    ...field,
    read(scope) {
      const found = field.read(scope)
      return found !== undefined && words.includes(found) ? found : undefined
    },
  }
}

function hostAddressField(): XmlField<HostPciAddress> {
  return record('address', {
    ...hostPciXml,
    domain: alongside(hostPciXml.domain, '@type'),
  })
}

/** An image below another; the chain ends with an element without a type. */
export interface BackingStore {
  readonly type?: DiskType
  /** As that of a source: number of its nodes in one run. */
  readonly index?: number
  readonly format?: DiskFormat
  readonly metadataCacheBytes?: number
  readonly source?: DiskSource
  readonly backingStore?: BackingStore
}

export const backingStoreXml: XmlFields<BackingStore> = {
  type: oneOf('@type', diskTypes),
  index: integer('@index', { max: 0xffffffff }),
  format: oneOf('format/@type', diskFormats),
  metadataCacheBytes: bytesField('format/metadata_cache/max_size'),
  source: record('source', diskSourceXml),
  get backingStore(): XmlField<BackingStore> {
    return record('backingStore', backingStoreXml)
  },
}
