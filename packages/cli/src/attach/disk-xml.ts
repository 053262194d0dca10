import { statSync } from 'node:fs'
import { UsageError, invalidArgument } from '../command-error.ts'
import type { Options } from '../command.ts'
import { requires } from '../parse/option-pairs.ts'
import { elementText, optionalElement, optionalValue } from '../xml/element-text.ts'
import { deviceAddress } from './device-address.ts'

const devices = ['cdrom', 'disk', 'floppy', 'lun']
const modes = ['readonly', 'shareable']

/** The `<disk>` that `attach-disk` builds from its words. */
export function diskXml(options: Options): string {
  const source = options.text('source')
  const device = options.text('type')
  const mode = options.text('mode')
  checkServer(options)
  const protocol = options.text('source-protocol')
  const found = protocol === undefined ? (isBlock(source) ? 'block' : 'file') : 'network'
  const sourceType = options.text('sourcetype') ?? found
  if (device !== undefined && !devices.includes(device)) {
    throw invalidArgument(`No support for ${device} in command 'attach-disk'`)
  }
  if (mode !== undefined && !modes.includes(mode)) {
    throw invalidArgument(`No support for ${mode} in command 'attach-disk'`)
  }
  if (sourceType !== 'file' && sourceType !== 'block' && sourceType !== 'network') {
    throw invalidArgument(`Unknown source type: '${sourceType}'`)
  }
  if ((sourceType === 'network') !== (protocol !== undefined)) {
    throw invalidArgument('--source-protocol option requires --sourcetype network')
  }
  const driver = {
    name: options.text('driver'),
    type: options.text('subdriver'),
    iothread: options.text('iothread'),
    cache: options.text('cache'),
    io: options.text('io'),
  }
  const serial = options.text('serial')
  const wwn = options.text('wwn')
  const alias = options.text('alias')
  const address = options.text('address')
  const rawio = options.flag('rawio') ? 'yes' : undefined
  return elementText('disk', { type: sourceType, device, rawio }, [
    ...optionalElement('driver', driver),
    ...(protocol === undefined
      ? optionalElement('source', { [sourceType === 'block' ? 'dev' : 'file']: source })
      : [elementText('source', { protocol, name: source }, serverHost(options))]),
    elementText('target', { dev: options.need('target'), bus: options.text('targetbus') }),
    ...(mode === undefined ? [] : [`<${mode}/>`]),
    ...optionalValue('serial', serial),
    ...optionalValue('wwn', wwn),
    ...optionalElement('alias', { name: alias }),
    ...(address === undefined ? [] : [deviceAddress(address, options.flag('multifunction'))]),
  ])
}

function checkServer(options: Options): void {
  const [name, socket] = ['source-host-name', 'source-host-socket'] as const
  for (const one of [name, 'source-host-transport', socket])
    requires(options, one, 'source-protocol')
  requires(options, socket, 'source-host-transport')
  if (options.text(name) !== undefined && options.text(socket) !== undefined) {
    throw new UsageError(`Options --${name} and --${socket} are mutually exclusive`)
  }
}

/** The server of a network disk: a name with or without a port, which may be an IPv6 address in brackets. */
function serverHost(options: Options): readonly string[] {
  const [, bracketed, plain, port] =
    /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/s.exec(options.text('source-host-name') ?? '') ?? []
  return optionalElement('host', {
    transport: options.text('source-host-transport'),
    name: (bracketed ?? plain) || undefined,
    port,
    socket: options.text('source-host-socket'),
  })
}

function isBlock(path: string | undefined): boolean {
  if (path === undefined) return false
  return statSync(path, { throwIfNoEntry: false })?.isBlockDevice() === true
}
