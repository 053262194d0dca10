import { copy } from '../copy.ts'
import { formatAddress } from '../../domain/address.ts'
import { addDevice, devicePath, fill, note, noteDevice } from './defaulting.ts'
import type { Defaulting } from './defaulting.ts'
import { defaultModel, lookUp } from '../allow-list.ts'
import { deviceListOf, devicesOf, isEmpty } from '../draft.ts'
import type { DeviceDraft, Draft } from '../draft.ts'
import type { CharBackend, CharSource, CharType } from '../../domain/devices/chardev.ts'

/** Ports that a user added somewhere; nobody takes them for the machine's console. */
const onBuses: readonly string[] = ['pci-serial', 'usb-serial', 'isa-debug']

/**
 * The first console is the first serial port seen twice: libvirt's old and its present form. One
 * without the other is completed; where both stand, the console follows the serial port.
 */
export function pairConsole(d: Defaulting): void {
  const { domain } = d
  const consoles = devicesOf(domain, 'console')
  const serials = devicesOf(domain, 'serial')
  const first = consoles[0]
  const serial = serials[0]
  const isSerial =
    first !== undefined && (first.targetType === undefined || first.targetType === 'serial')
  if (isSerial && serial === undefined) {
    const { targetType: _, port: __, tty: ___, origin: ____, ...backend } = first
    addDevice(
      d,
      'serial',
      { ...backend, port: 0 },
      {
        rule: 'console/serial',
        reason: 'the first console is a serial port',
      },
    )
  } else if (!isSerial && serial !== undefined && !onBuses.includes(serial.targetType ?? '')) {
    const console = { type: serial.type, targetType: 'serial', port: 0 } as const
    deviceListOf(domain, 'console').unshift(console)
    noteDevice(d, 'console', 0, console, {
      rule: 'console/serial',
      reason: 'the first serial port is the console',
    })
  }
}

/** Makes the first console's back end and address the serial port's, once that is complete. */
export function mirrorConsole(d: Defaulting): void {
  const first = devicesOf(d.domain, 'console')[0]
  const serial = devicesOf(d.domain, 'serial')[0]
  if (first === undefined || serial === undefined || first.targetType !== 'serial') return
  const { targetType: _, targetModel: __, port: ___, ...backend } = copy(serial)
  const mirrored = { ...backend, targetType: 'serial' as const, port: serial.port ?? 0 }
  deviceListOf(d.domain, 'console')[0] = mirrored
  if (first.address === undefined && mirrored.address !== undefined) {
    note(d, devicePath('console', 0, 'address'), formatAddress(mirrored.address), {
      rule: 'console/serial',
      reason: 'the first console is the first serial port, seen twice',
    })
  }
}

/** Where libvirt puts the sockets of channels that name none. */
const givenOut = /^\/var\/lib\/libvirt\/qemu\/channel\/target\/(?:[^/]+\.|domain-[^/]+\/)/

const listening = ['mode', 'reconnectEnabled', 'reconnectTimeout'] as const

/** What each kind of the host's end says of itself; of the others it says nothing. */
const wordsOf: Readonly<Record<CharType, readonly (keyof CharSource)[]>> = {
  null: [],
  vc: [],
  pty: ['path'],
  stdio: [],
  spicevmc: [],
  dev: ['path', 'seclabels'],
  file: ['path', 'append', 'seclabels'],
  pipe: ['path', 'seclabels'],
  unix: ['path', 'seclabels', ...listening],
  udp: ['mode', 'host', 'service'],
  tcp: ['host', 'service', 'tls', ...listening],
  spiceport: ['channel'],
  dbus: ['channel'],
  nmdm: ['master', 'slave'],
  'qemu-vdagent': ['clipboardCopyPaste', 'mouseMode'],
}

function keepOwnWords(device: Draft<Omit<CharBackend, 'type'> & { type?: CharType }>): void {
  const words = device.type === undefined ? undefined : wordsOf[device.type]
  if (words === undefined || device.sources === undefined) return
  for (const source of device.sources)
    for (const key of Object.keys(source) as (keyof CharSource)[])
      if (!words.includes(key)) delete source[key]
  device.sources = device.sources.filter((source) => !isEmpty(source))
  if (device.sources.length === 0) delete device.sources
}

/** A network back end says how it speaks and which end it is. */
export function defaultBackend(
  d: Defaulting,
  path: string,
  device: Draft<Omit<CharBackend, 'type'> & { readonly type?: CharBackend['type'] }>,
): void {
  const why = {
    rule: 'chardev/backend',
    reason: "libvirt's meaning of a left-out attribute, spelled out",
  }
  if (device.type === 'tcp' && device.protocol === undefined) {
    device.protocol = 'raw'
    note(d, `${path}/protocol/@type`, 'raw', why)
  }
  if (device.type !== 'tcp') delete device.protocol
  keepOwnWords(device)
  if (device.type === 'udp' && device.sources !== undefined) {
    for (const source of device.sources) source.mode ??= 'connect'
    // Where it hears comes before whom it calls.
    device.sources = device.sources.toSorted(
      (a, b) => Number(b.mode === 'bind') - Number(a.mode === 'bind'),
    )
  }
  if (device.type !== 'tcp' && device.type !== 'unix') return
  for (const source of device.sources ?? []) {
    if (source.mode !== undefined) continue
    // A socket without a path is polyvirt's own, which listens.
    source.mode = device.type === 'unix' && source.path === undefined ? 'bind' : 'connect'
    note(d, `${path}/source/@mode`, source.mode, why)
  }
  // A socket without a path is given one at each start; one that was given is none of the document's.
  if (device.type === 'unix') {
    for (const source of device.sources ?? [])
      if (source.path !== undefined && givenOut.test(source.path)) delete source.path
    device.sources = (device.sources ?? []).filter((source) => source.path !== undefined)
    if (device.sources.length === 0) delete device.sources
  }
}

/** Ports, targets and models of everything that is a character device. */
export function defaultCharDevices(d: Defaulting): void {
  for (const kind of ['serial', 'parallel', 'console', 'channel'] as const) {
    for (const [i, device] of devicesOf(d.domain, kind).entries()) {
      defaultBackend(d, devicePath(kind, i), device)
      // What belongs to a running guest is no part of its definition.
      if ('state' in device) delete device.state
      delete device.tty
      if (device.type === 'pty' || device.type === 'null' || device.type === 'spicevmc')
        delete device.sources
    }
  }
  number(devicesOf(d.domain, 'serial'), (device, port) => {
    fill(d, 'serial', device, 'port', port, counting)
  })
  number(devicesOf(d.domain, 'parallel'), (device, port) => {
    fill(d, 'parallel', device, 'port', port, counting)
  })
  for (const serial of devicesOf(d.domain, 'serial')) defaultSerialTarget(d, serial)
  const consoles = devicesOf(d.domain, 'console')
  for (const console of consoles) {
    fill(d, 'console', console, 'targetType', 'serial', {
      rule: 'console/target',
      reason: 'a console without a target is the serial one',
    })
  }
  number(consoles, (device, port) => fill(d, 'console', device, 'port', port, counting))
}

const counting = { rule: 'chardev/port', reason: 'ports count up in document order' }

function number<T extends { port?: number }>(
  list: readonly T[],
  set: (device: T, port: number) => void,
): void {
  const taken = new Set(list.flatMap((device) => device.port ?? []))
  let highest = Math.max(-1, ...taken)
  for (const device of list) {
    if (device.port === undefined) set(device, ++highest)
  }
}

function defaultSerialTarget(d: Defaulting, serial: DeviceDraft<'serial'>): void {
  // libvirt writes isa-serial where nobody chose a target, so elsewhere it means "the machine's own".
  if (
    serial.targetType === 'isa-serial' &&
    lookUp('serial', 'isa-serial', d.context) === undefined
  ) {
    delete serial.targetType
    if (serial.targetModel === 'isa-serial') delete serial.targetModel
    if (serial.address?.type === 'isa') delete serial.address
  }
  const why = {
    rule: 'devices/serial/default',
    reason: "the machine's own serial port",
    arch: true,
  }
  const target = defaultModel('serial', d.context)
  if (serial.targetType === undefined && target !== undefined) {
    fill(d, 'serial', serial, 'targetType', target as NonNullable<typeof serial.targetType>, why)
  }
  const model = lookUp('serial', serial.targetType ?? '', d.context)
  fill(d, 'serial', serial, 'targetModel', model?.modelName ?? model?.driver, why)
}
