import type { Disk, DiskSource, DiskType } from '../../domain/devices/disk.ts'
import type { DiskHost } from '../../domain/devices/disk-source.ts'
import type { Options, OptionValue } from '../option-string.ts'
import { secretIds } from './secret-argv.ts'
import { nodeCredentials } from './tls-argv.ts'

/** An image's own node: its source is a disk's own, or one further below. */
export interface SourceNode {
  readonly type: DiskType
  readonly source: DiskSource
  /** What the disk in front of it wants of it; what is in flash wants nothing. */
  readonly disk: Pick<Disk, 'device' | 'io' | 'alias'>
  /** The number in the names of the image's nodes. */
  readonly node: number
}

/** The protocol node of an image: which driver fetches its bytes, and from where. */
export function blockSource(image: SourceNode): Options {
  const { type, source, disk } = image
  switch (type) {
    case 'block':
      return {
        driver: disk.device === 'cdrom' && isHostCdrom(source.dev) ? 'host_cdrom' : 'host_device',
        filename: source.dev,
        aio: disk.io,
        'pr-manager': prManager(source, disk),
      }
    case 'dir':
      return { driver: 'vvfat', dir: source.dir, floppy: disk.device === 'floppy', rw: false }
    case 'network':
      return networkSource(image)
    case 'nvme':
      return {
        driver: 'nvme',
        device: source.hostAddress === undefined ? undefined : pciText(source.hostAddress),
        namespace: source.namespace,
      }
    case 'volume':
      return blockSource({ ...image, type: volumeType(source) })
    default:
      return {
        driver: 'file',
        filename: source.file,
        aio: disk.io,
        'pr-manager': prManager(source, disk),
      }
  }
}

/** What the pool has behind a volume, once it was asked. */
function volumeType(source: DiskSource): DiskType {
  if (source.dev !== undefined) return 'block'
  return source.dir === undefined ? 'file' : 'dir'
}

/** `0000:01:00.0`, as QEMU and the kernel write a PCI device. */
export function pciText(at: {
  readonly domain: number
  readonly bus: number
  readonly slot: number
  readonly function: number
}): string {
  const hex = (n: number, width: number): string => n.toString(16).padStart(width, '0')
  return `${hex(at.domain, 4)}:${hex(at.bus, 2)}:${hex(at.slot, 2)}.${at.function}`
}

/** Linux's own names of CD-ROM drives; QEMU must be told that the tray can open. */
function isHostCdrom(dev: string | undefined): boolean {
  return /^\/dev\/(?:sr\d+|cdrom)$/.test(dev ?? '')
}

/** Persistent reservations go through one helper for all disks, or one of the disk's own. */
export function prManager(source: DiskSource, disk: Pick<Disk, 'alias'>): string | undefined {
  const { reservations } = source
  if (reservations === undefined) return undefined
  return reservations.managed === false ? `pr-helper-${disk.alias ?? ''}` : 'pr-helper0'
}

/** Ports that a server listens on where none is named (IANA; `nbd` and `gluster` as QEMU has them). */
export const defaultPorts: Readonly<Record<string, number>> = {
  nbd: 10809,
  iscsi: 3260,
  gluster: 24007,
  http: 80,
  https: 443,
  ftp: 21,
  ftps: 990,
  tftp: 69,
  ssh: 22,
  sheepdog: 7000,
  nfs: 2049,
}

function networkSource({ source, node }: SourceNode): Options {
  const { protocol, hosts = [], name = '' } = source
  const storage = `libvirt-${node}-storage`
  const auth = source.auth === undefined ? undefined : secretIds.auth(storage)
  const first = hosts[0]
  const path = name.startsWith('/') ? name : `/${name}`
  switch (protocol) {
    case 'nbd':
      return {
        driver: 'nbd',
        server: inet(first, protocol),
        export: source.name,
        'tls-creds': source.tls === true ? nodeCredentials(node) : undefined,
        'tls-hostname': source.tlsHostname,
        'reconnect-delay': source.reconnectTimeout,
      }
    case 'iscsi': {
      const [, target = name, lun = '0'] = /^(.*)\/(\d+)$/.exec(name) ?? []
      return {
        driver: 'iscsi',
        portal: `${first?.name ?? ''}:${first?.port ?? defaultPorts.iscsi}`,
        target,
        lun: Number(lun),
        transport: first?.transport === 'rdma' ? 'iser' : 'tcp',
        user: source.auth?.username,
        'password-secret': auth,
        'initiator-name': source.initiator,
      }
    }
    case 'rbd': {
      const [pool = '', ...rest] = name.split('/')
      return {
        driver: 'rbd',
        pool,
        image: rest.join('/'),
        snapshot: source.snapshot,
        conf: source.config,
        server:
          hosts.length === 0
            ? undefined
            : hosts.map((host) => ({ host: host.name, port: String(host.port ?? 0) })),
        encrypt: librbdEncryption(source, node),
        user: source.auth?.username,
        'auth-client-required': source.auth === undefined ? undefined : ['cephx', 'none'],
        'key-secret': auth,
      }
    }
    case 'gluster': {
      const [volume = '', ...rest] = name.split('/')
      return {
        driver: 'gluster',
        volume,
        path: rest.join('/'),
        server: hosts.map((host) => inet(host, 'gluster')),
        // libvirt's level in qemu.conf.
        debug: 4,
      }
    }
    case 'http':
    case 'https':
    case 'ftp':
    case 'ftps':
    case 'tftp':
      return {
        driver: protocol,
        url: `${protocol}://${bracketed(first?.name)}:${first?.port ?? defaultPorts[protocol]}${path}${source.query === undefined ? '' : `?${source.query}`}`,
        sslverify: source.sslVerify,
        'cookie-secret': source.cookies === undefined ? undefined : secretIds.cookie(storage),
        readahead: source.readaheadBytes,
        timeout: source.timeoutSeconds,
        username: source.auth?.username,
        'password-secret': auth,
      }
    case 'ssh':
      return {
        driver: 'ssh',
        path: name,
        server: { host: first?.name ?? '', port: String(first?.port ?? defaultPorts.ssh) },
        user: source.auth?.username ?? source.identityUsername,
        'host-key-check': source.knownHosts === undefined ? undefined : { mode: 'none' },
      }
    case 'nfs':
      return {
        driver: 'nfs',
        server: { host: first?.name ?? '', type: 'inet' },
        path,
        user: number(source.identityUser),
        group: number(source.identityGroup),
      }
    default:
      return { driver: protocol, server: inet(first, protocol ?? ''), name }
  }
}

/** A user id is written `+107`, which says that it is a number. */
function number(id: string | undefined): number | undefined {
  return id === undefined ? undefined : Number(id.replace(/^\+/, ''))
}

function bracketed(host = ''): string {
  return host.includes(':') ? `[${host}]` : host
}

function inet(host: DiskHost | undefined, protocol: string): OptionValue {
  if (host?.transport === 'unix') return { type: 'unix', path: host.socket }
  return {
    type: 'inet',
    host: host?.name ?? '',
    port: String(host?.port ?? defaultPorts[protocol] ?? 0),
  }
}

/** What Ceph's own library decrypts; QEMU sees the plain image then. */
function librbdEncryption({ encryption }: DiskSource, node: number): OptionValue | undefined {
  if (encryption?.engine !== 'librbd') return undefined
  return {
    format: encryption.format,
    'key-secret': secretIds.encryption(`libvirt-${node}-format`),
  }
}
