import { statSync } from 'node:fs'
import { invalidArgument } from '../command-error.ts'
import type { Options } from '../command.ts'
import { elementText, optionalElement, optionalValue } from '../xml/element-text.ts'
import { deviceAddress } from './device-address.ts'

const devices = ['cdrom', 'disk', 'floppy', 'lun']
const modes = ['readonly', 'shareable']

/** The `<disk>` that `attach-disk` builds from its words. */
export function diskXml(options: Options): string {
  const source = options.text('source')
  const device = options.text('type')
  const mode = options.text('mode')
  const sourceType = options.text('sourcetype') ?? (isBlock(source) ? 'block' : 'file')
  if (device !== undefined && !devices.includes(device)) {
    throw invalidArgument(`No support for ${device} in command 'attach-disk'`)
  }
  if (mode !== undefined && !modes.includes(mode)) {
    throw invalidArgument(`No support for ${mode} in command 'attach-disk'`)
  }
  if (sourceType !== 'file' && sourceType !== 'block') {
    throw invalidArgument(`Unknown source type: '${sourceType}'`)
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
    ...optionalElement('source', { [sourceType === 'block' ? 'dev' : 'file']: source }),
    elementText('target', { dev: options.need('target'), bus: options.text('targetbus') }),
    ...(mode === undefined ? [] : [`<${mode}/>`]),
    ...optionalValue('serial', serial),
    ...optionalValue('wwn', wwn),
    ...optionalElement('alias', { name: alias }),
    ...(address === undefined ? [] : [deviceAddress(address, options.flag('multifunction'))]),
  ])
}

function isBlock(path: string | undefined): boolean {
  if (path === undefined) return false
  return statSync(path, { throwIfNoEntry: false })?.isBlockDevice() === true
}
