import type { Channel, CharBackend, CharSource } from '../../domain/devices/chardev.ts'
import { placeOptions, driverName, offeredModel } from '../argv-context.ts'
import type { ArgvContext, Argument } from '../argv-context.ts'
import { jsonOption, keyValueOption } from '../option-string.ts'
import type { Options } from '../option-string.ts'
import { tlsCredentials } from './tls-argv.ts'

/** The host's end: `-chardev TYPE,id=…`. */
export function chardevArgument(
  id: string,
  backend: CharBackend,
  socketPath?: string,
  /** What SPICE calls the channel. */
  spiceName = 'vdagent',
): Argument {
  const [type, options] = backendOptions(backend, socketPath, spiceName, id)
  const log: Options = {
    logfile: backend.logFile,
    logappend: backend.logFile === undefined ? undefined : backend.logAppend,
  }
  return ['-chardev', keyValueOption(type, { id, ...options, ...log })]
}

/** QEMU's name of a back end and its options. */
function backendOptions(
  backend: CharBackend,
  socketPath: string | undefined,
  spiceName: string,
  id: string,
): [string, Options] {
  const [source] = backend.sources ?? []
  switch (backend.type) {
    case 'dev':
      return ['serial', { path: source?.path }]
    case 'file':
      return ['file', { path: source?.path, append: source?.append }]
    case 'pipe':
      return ['pipe', { path: source?.path }]
    case 'unix': {
      const server = source?.mode !== 'connect'
      const path = source?.path ?? socketPath
      return [
        'socket',
        { path, ...(server && { server: true, wait: false }), ...reconnect(source) },
      ]
    }
    case 'tcp': {
      const server = source?.mode === 'bind'
      const telnet = backend.protocol === 'telnet' ? true : undefined
      return [
        'socket',
        {
          host: source?.host,
          port: source?.service,
          telnet,
          ...(server && { server: true, wait: false }),
          'tls-creds': source?.tls === true ? `obj${id}_tls0` : undefined,
          ...reconnect(source),
        },
      ]
    }
    case 'udp': {
      const bind = backend.sources?.find((one) => one.mode === 'bind')
      const connect = backend.sources?.find((one) => one.mode !== 'bind')
      return [
        'udp',
        {
          host: connect?.host ?? '',
          port: connect?.service,
          localaddr: bind?.host ?? '',
          localport: bind?.service ?? '0',
        },
      ]
    }
    case 'spicevmc':
      return ['spicevmc', { name: spiceName }]
    case 'nmdm':
      return ['nmdm', { path: source?.master }]
    case 'qemu-vdagent':
      return [
        'qemu-vdagent',
        {
          name: 'vdagent',
          clipboard: source?.clipboardCopyPaste,
          mouse: source?.mouseMode === undefined ? undefined : source.mouseMode === 'client',
        },
      ]
    case 'dbus':
      return ['dbus', { name: source?.channel }]
    case 'spiceport':
      return ['spiceport', { name: source?.channel }]
    default:
      return [backend.type, {}]
  }
}

/** A client that lost its server tries again, `timeout` seconds apart; 0 is never. */
function reconnect(source: CharSource | undefined): Options {
  if (source?.reconnectEnabled === undefined) return {}
  return { reconnect: source.reconnectEnabled ? (source.reconnectTimeout ?? 0) : 0 }
}

function tlsObjects(alias: string, backend: CharBackend): Argument[] {
  const source = backend.sources?.find((one) => one.tls === true)
  if (backend.type !== 'tcp' || source === undefined) return []
  return [tlsCredentials(`objchar${alias}_tls0`, source.mode === 'bind' ? 'server' : 'client')]
}

/** Serial ports. */
export function serialArguments(context: ArgvContext): Argument[] {
  return (context.domain.devices.serial ?? []).flatMap((serial): Argument[] => {
    const alias = serial.alias ?? ''
    const model = offeredModel(context, 'serial', serial)
    const chardev = `char${alias}`
    const back = chardevArgument(chardev, serial)
    // A board whose serial port is no device takes it by position.
    if (model.driver === undefined)
      return [...tlsObjects(alias, serial), back, ['-serial', `chardev:${chardev}`]]
    const index = model.driver === 'isa-serial' ? serial.port : undefined
    const options = { driver: model.driver, chardev, id: alias, index }
    return [
      ...tlsObjects(alias, serial),
      back,
      ['-device', jsonOption({ ...options, ...placeOptions(serial, context.domain) })],
    ]
  })
}

export function parallelArguments(context: ArgvContext): Argument[] {
  return (context.domain.devices.parallel ?? []).flatMap((parallel): Argument[] => {
    const alias = parallel.alias ?? ''
    const { driver } = offeredModel(context, 'parallel', parallel)
    return [
      parallelBackend(`char${alias}`, parallel),
      ['-device', jsonOption({ driver, chardev: `char${alias}`, id: alias })],
    ]
  })
}

/** A device file of the host's is a port of the same kind. */
function parallelBackend(id: string, backend: CharBackend): Argument {
  if (backend.type !== 'dev') return chardevArgument(id, backend)
  return ['-chardev', keyValueOption('parallel', { id, path: backend.sources?.[0]?.path })]
}

/** Consoles that are devices of their own; the serial one is already there. */
export function consoleArguments(context: ArgvContext): Argument[] {
  return (context.domain.devices.console ?? []).flatMap((console): Argument[] => {
    if (console.targetType === 'serial') return []
    const alias = console.alias ?? ''
    const model = offeredModel(context, 'console', console)
    // libvirt lets QEMU choose the port of a console.
    return [
      chardevArgument(`char${alias}`, console),
      ['-device', jsonOption({ driver: model.driver, chardev: `char${alias}`, id: alias })],
    ]
  })
}

export function channelArguments(context: ArgvContext): Argument[] {
  return (context.domain.devices.channel ?? []).flatMap((channel): Argument[] => {
    const alias = channel.alias ?? ''
    const id = `char${alias}`
    const back = chardevArgument(id, channel, channelSocket(context, channel))
    if (channel.targetType === 'guestfwd') {
      const target = `tcp:${channel.guestAddress ?? ''}:${channel.guestPort ?? ''}-chardev:${id}`
      return [
        back,
        ['-netdev', jsonOption({ type: 'user', guestfwd: [{ str: target }], id: alias })],
      ]
    }
    const model = offeredModel(context, 'channel', channel)
    const name = channel.type === 'spicevmc' ? (channel.name ?? 'com.redhat.spice.0') : channel.name
    return [
      back,
      [
        '-device',
        jsonOption({
          driver: driverName(model),
          ...placeOptions(channel, context.domain),
          chardev: id,
          id: alias,
          name,
        }),
      ],
    ]
  })
}

/** Where a channel listens that names no path of its own. */
export function channelSocket({ runtime }: ArgvContext, channel: Channel): string {
  return `${runtime.paths.channelDir}/${socketName(channel)}`
}

/** A channel without a name has that of its place. */
export function socketName({ name, alias = '', address }: Channel): string {
  if (name !== undefined) return name
  if (address?.type !== 'virtio-serial') return alias
  const place = [address.controller, address.bus, address.port]
  return `vioser-${place.map((one) => String(one).padStart(2, '0')).join('-')}.sock`
}
