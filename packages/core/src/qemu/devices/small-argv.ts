import { chardevArgument } from './chardev-argv.ts'
import type { Hub } from '../../domain/devices/hub.ts'
import type { Input } from '../../domain/devices/input.ts'
import type { DeviceInfo } from '../../domain/devices/device-info.ts'
import type { DeviceKind, DeviceOf } from '../../domain/devices.ts'
import { placeOptions, driverName, offeredModel, usbDepth, virtioOptions } from '../argv-context.ts'
import type { ArgvContext, Argument } from '../argv-context.ts'
import { jsonOption, keyValueOption } from '../option-string.ts'
import type { Options } from '../option-string.ts'

function device(options: Options): Argument {
  return ['-device', jsonOption(options)]
}

/** Driver, id and address of a device, or nothing where the board has it already. */
function plain<K extends Exclude<DeviceKind, 'audio' | 'graphics'>>(
  context: ArgvContext,
  kind: K,
  one: DeviceOf<K>,
): readonly Options[] {
  const model = offeredModel(context, kind, one)
  if (model.driver === undefined) return []
  const info = one as DeviceInfo & { readonly model?: string }
  const { model: form, alias } = info
  const driver = kind === 'input' ? model.driver : driverName(model, form)
  return [{ driver, id: alias, ...placeOptions(info, context.domain) }]
}

/** A hub on another hub's port comes after it. */
export function hubArguments(context: ArgvContext): Argument[] {
  const hubs = context.domain.devices.hub ?? []
  const depth = ({ address }: Hub): number => (address?.type === 'usb' ? usbDepth(address) : 0)
  return hubs
    .toSorted((a, b) => depth(a) - depth(b))
    .flatMap((hub) => plain(context, 'hub', hub).map(device))
}

export function inputArguments(context: ArgvContext): Argument[] {
  return (context.domain.devices.input ?? []).flatMap((input) => {
    if (input.type === 'evdev') return [evdev(input)]
    const more = { ...virtioOptions(input), evdev: input.sourceEvdev }
    return plain(context, 'input', input).map((options) => device({ ...options, ...more }))
  })
}

/** A device of the host whose events go to the guest, until the toggle takes them back. */
function evdev(input: Input): Argument {
  return [
    '-object',
    jsonOption({
      'qom-type': 'input-linux',
      id: input.alias,
      evdev: input.sourceDev,
      repeat: input.repeat,
      grab_all: input.grab === 'all' ? true : undefined,
      'grab-toggle': input.grabToggle,
    }),
  ]
}

export function soundArguments(context: ArgvContext): Argument[] {
  return (context.domain.devices.sound ?? []).flatMap((sound): Argument[] => {
    const model = offeredModel(context, 'sound', sound)
    const audio = sound.audioId ?? context.domain.devices.audio?.[0]?.id
    const audiodev = audio === undefined ? undefined : `audio${audio}`
    const id = sound.alias ?? ''
    const address = placeOptions(sound, context.domain)
    if (sound.model === 'pcspk') return []
    if (sound.model !== 'ich6' && sound.model !== 'ich9') {
      return [device({ driver: model.driver, id, audiodev, ...address })]
    }
    const codecs = sound.codecs ?? [{ type: 'duplex' as const }]
    return [
      device({ driver: model.driver, id, ...address }),
      ...codecs.map((codec, cad) =>
        device({
          driver: `hda-${codec.type}`,
          id: `${id}-codec${cad}`,
          bus: `${id}.0`,
          cad,
          audiodev,
        }),
      ),
    ]
  })
}

export function watchdogArguments(context: ArgvContext): Argument[] {
  const watchdogs = context.domain.devices.watchdog ?? []
  const devices = watchdogs.flatMap((dog): Argument[] => [
    ...plain(context, 'watchdog', dog).map(device),
    ...Object.entries(offeredModel(context, 'watchdog', dog).globals ?? {}).map(
      ([property, value]): Argument => ['-global', `${property}=${value}`],
    ),
  ])
  const action = watchdogs[0]?.action
  if (action === undefined) return devices
  // libvirt dumps the guest itself, so QEMU only stops it.
  return [...devices, ['-watchdog-action', action === 'dump' ? 'pause' : action]]
}

export function memballoonArguments(context: ArgvContext): Argument[] {
  return (context.domain.devices.memballoon ?? []).flatMap((balloon) => {
    return plain(context, 'memballoon', balloon).map((options) =>
      device({
        ...options,
        'deflate-on-oom': balloon.autodeflate,
        'free-page-reporting': balloon.freePageReporting,
        ...virtioOptions(balloon),
      }),
    )
  })
}

export function rngArguments(context: ArgvContext): Argument[] {
  return (context.domain.devices.rng ?? []).flatMap((rng): Argument[] => {
    const alias = rng.alias ?? ''
    const object = `obj${alias}`
    const backend =
      rng.backend === 'builtin'
        ? { 'qom-type': 'rng-builtin', id: object }
        : { 'qom-type': 'rng-random', id: object, filename: rng.source }
    const daemon = { 'qom-type': 'rng-egd', id: object, chardev: `char${alias}` }
    const own: Argument[] =
      rng.backend === 'egd'
        ? [
            chardevArgument(`char${alias}`, {
              type: rng.egdType ?? 'udp',
              ...(rng.egdSources && { sources: rng.egdSources }),
              ...(rng.egdProtocol && { protocol: rng.egdProtocol }),
              ...(rng.egdLogFile !== undefined && { logFile: rng.egdLogFile }),
              ...(rng.egdLogAppend !== undefined && { logAppend: rng.egdLogAppend }),
            }),
          ]
        : []
    return [
      ...own,
      ['-object', jsonOption(rng.backend === 'egd' ? daemon : backend)],
      device({
        ...plain(context, 'rng', rng)[0],
        rng: object,
        'max-bytes': rng.rateBytes,
        period: rng.rateBytes === undefined ? undefined : (rng.ratePeriod ?? 1000),
        ...virtioOptions(rng),
      }),
    ]
  })
}

export function nvramArguments(context: ArgvContext): Argument[] {
  return (context.domain.devices.nvram ?? []).flatMap((nvram): Argument[] => {
    const { driver } = offeredModel(context, 'nvram', nvram)
    const reg = nvram.address?.type === 'spapr-vio' ? nvram.address.reg : undefined
    if (driver === undefined || reg === undefined) return []
    return [['-global', keyValueOption('', { [`${driver}.reg`]: `0x${reg.toString(16)}` })]]
  })
}

export function panicArguments(context: ArgvContext): Argument[] {
  return (context.domain.devices.panic ?? []).flatMap((panic) => {
    const { driver, bus } = offeredModel(context, 'panic', panic)
    if (driver === undefined) return []
    if (bus === 'pci')
      return [device({ driver, id: panic.alias, ...placeOptions(panic, context.domain) })]
    return [
      device({ driver, ioport: panic.address?.type === 'isa' ? panic.address.iobase : undefined }),
    ]
  })
}
