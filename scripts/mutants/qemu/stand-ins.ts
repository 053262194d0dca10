import type { Option, Parts } from './command-line.ts'
import { blockNodes } from './block-nodes.ts'
import type { SampleHost } from './sample-host.ts'

/** One option made fit for the sample machine; nothing where it is left out. */
type Change = (option: Option & { parts: Parts }, host: SampleHost) => Option | undefined

/** Devices that need a device or a partner process of the host. */
const hostDevices =
  /^(?:vfio-|vhost-|tpm-|virtio-input-host|usb-host$|ccid-card-emulated$|ivshmem-doorbell$)/

/** Objects that need them. */
const hostObjects = /^(?:tls-creds-|pr-manager-|input-linux$|sev-guest$|x-vfio|can-host)/

const changes: Readonly<Record<string, Change>> = {
  '-add-fd': () => undefined,
  '-tpmdev': () => undefined,
  '-audiodev': audio,
  '-chardev': characterDevice,
  '-device': device,
  // Windows on the host's screen.
  '-display': ({ name }) => ({ name, parts: { '': 'none' } }),
  '-fsdev': fileSystem,
  '-netdev': network,
  '-object': object,
  '-overcommit': ({ name }) => ({ name, parts: { 'mem-lock': 'off' } }),
  '-spice': spice,
  '-vnc': vnc,
  '-bios': (option, host) => withPath(option, '', (path) => host.file(path, 262_144)),
  '-initrd': (option, host) => withPath(option, '', (path) => host.file(path)),
  '-dtb': (option, host) => withPath(option, '', (path) => host.file(path)),
  '-acpitable': (option, host) => withPath(option, 'file', (path) => host.file(path, 4096)),
  '-fw_cfg': (option, host) => withPath(option, 'file', (path) => host.file(path, 4096)),
  '-smbios': (option, host) => withPath(option, 'file', (path) => host.file(path, 4096)),
}

/**
 * A command line that the sample machine can run: everything of the host is replaced by a stand-in
 * or, where there is none, left out. What is the guest's is not touched.
 */
export function standIns(program: string, options: readonly Option[], host: SampleHost): Option[] {
  const nodes = blockNodes(options, host, program)
  return options.flatMap((option) => {
    const { name, parts } = option
    if (parts === undefined) return option
    if (name === '-blockdev') return nodes(parts) ?? []
    if (name === '-kernel') {
      return withPath({ name, parts }, '', (path) => host.kernel(path, program))
    }
    const change = changes[name]
    return change === undefined ? option : (change({ ...option, parts }, host) ?? [])
  })
}

function withPath(
  { parts, ...option }: Option & { parts: Parts },
  key: string,
  replace: (path: string) => string,
): Option {
  const path = parts[key]
  if (typeof path !== 'string' || !path.startsWith('/')) return { ...option, parts }
  return { ...option, parts: { ...parts, [key]: replace(path) } }
}

/** The parts that are named, in a new record. */
function only(parts: Parts, keys: readonly string[]): Parts {
  return Object.fromEntries(Object.entries(parts).filter(([key]) => keys.includes(key)))
}

function without(parts: Parts, keys: RegExp): Parts {
  return Object.fromEntries(Object.entries(parts).filter(([key]) => !keys.test(key)))
}

/** Sound goes to SPICE or nowhere. */
function audio(option: Option & { parts: Parts }): Option {
  const { driver, id } = option.parts
  return driver === 'spice' ? option : { ...option, parts: { driver: 'none', id } }
}

/** Sockets listen in the private folder and wait for nobody; lines of the host lead nowhere. */
function characterDevice(option: Option & { parts: Parts }, host: SampleHost): Option {
  const { parts } = option
  const log = typeof parts.logfile === 'string' ? { logfile: host.place(parts.logfile) } : {}
  const common = { ...only(parts, ['id', 'mux', 'logappend']), ...log }
  switch (parts['']) {
    case 'socket': {
      const path = host.place(`${String(parts.path)} of ${String(parts.id)}`)
      return { ...option, parts: { '': 'socket', ...common, path, server: 'on', wait: 'off' } }
    }
    case 'udp':
    case 'pipe':
    case 'serial':
    case 'tty':
    case 'parallel':
    case 'parport':
      return { ...option, parts: { '': 'null', ...common } }
    default: {
      const placed = { ...option, parts: { ...parts, ...log } }
      return withPath(placed, 'path', (path) => host.place(path))
    }
  }
}

function device(option: Option & { parts: Parts }, host: SampleHost): Option | undefined {
  const { parts } = option
  const driver = String(parts.driver ?? parts[''])
  if (hostDevices.test(driver)) return undefined
  // No GPU to draw with, and no real SCSI unit to pass through.
  const fitting = driver.replace(/-gl(?=-|$)/, '').replace(/^scsi-(?:block|generic)$/, 'scsi-hd')
  const key = 'driver' in parts ? 'driver' : ''
  const changed = { ...option, parts: { ...parts, [key]: fitting } }
  return withPath(changed, 'romfile', (path) => host.file(path, 65_536))
}

/** Only a folder can be shared without another process. */
function fileSystem(option: Option & { parts: Parts }, host: SampleHost): Option {
  const { parts } = option
  const id = parts.id
  const path = host.directory(String(parts.path ?? id))
  const fitting = parts[''] === 'local' ? parts : { '': 'local', id, security_model: 'none' }
  return { ...option, parts: { ...fitting, path } }
}

/** The user network needs nothing of the host. */
function network(option: Option & { parts: Parts }): Option {
  const { type, id } = option.parts
  return type === 'user' ? option : { ...option, parts: { type: 'user', id } }
}

function object(option: Option & { parts: Parts }, host: SampleHost): Option | undefined {
  const { parts } = option
  const type = String(parts['qom-type'] ?? parts[''])
  if (hostObjects.test(type)) return undefined
  if (type === 'secret') return withPath(option, 'file', (path) => host.key(path))
  if (type === 'rng-random') return { ...option, parts: { ...parts, filename: '/dev/urandom' } }
  if (type.startsWith('memory-backend-')) {
    // Neither the host's nodes nor its huge pages; and memory is not touched before it is used.
    const fitting = without(
      parts,
      /^(?:host-nodes|policy|prealloc|prealloc-threads|hugetlb|hugetlbsize)$/,
    )
    return withPath({ ...option, parts: fitting }, 'mem-path', (path) =>
      host.place(`${path} of ${String(parts.id)}`),
    )
  }
  return option
}

/** Displays listen on a socket in the private folder, without keys and accounts. */
function spice(option: Option & { parts: Parts }, host: SampleHost): Option {
  const kept = without(
    option.parts,
    /^(?:port|tls-port|addr|unix|ipv[46]|x509-.*|tls-.*|sasl|gl|rendernode|)$/,
  )
  const where = { unix: 'on', addr: host.place('spice') }
  return { ...option, parts: { ...where, ...kept } }
}

function vnc(option: Option & { parts: Parts }, host: SampleHost): Option {
  if (option.parts[''] === 'none') return option
  const kept = without(option.parts, /^(?:websocket|tls-creds|sasl|to|)$/)
  return { ...option, parts: { '': `unix:${host.place('vnc')}`, ...kept } }
}
