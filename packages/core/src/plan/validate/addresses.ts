import { formatAddress } from '../../domain/address.ts'
import type { Address, PciAddress, UsbAddress } from '../../domain/address.ts'
import type { DeviceOf } from '../../domain/devices.ts'
import { isUserAlias } from '../../domain/devices/device-info.ts'
import type { DeviceInfo } from '../../domain/devices/device-info.ts'
import type { Problem } from '../../errors.ts'
import { quote } from '../../errors.ts'
import { portsOf } from '../addresses/assign-usb.ts'
import { acceptsOn, connectOfController, slotsOf } from '../addresses/pci-buses.ts'
import type { AddressedDomain } from '../assign-addresses.ts'
import type { PlanContext } from '../plan-context.ts'
import type { Placed } from './placed.ts'
import { unplacedDevices } from './unplaced-devices.ts'

/** Every device in one place of its own, on a bus that exists. */
export function checkAddresses(
  placed: readonly Placed[],
  domain: AddressedDomain,
  context: PlanContext,
): Problem[] {
  return [
    ...clashes(placed),
    ...unplacedDevices(placed, context),
    ...placed.flatMap((one) => onBus(one, domain, context)),
    ...placed.flatMap(acpiIndexes),
    ...aliases(placed),
  ]
}

/** ACPI gives names to PCI functions alone. */
function acpiIndexes({ device, path, address }: Placed): Problem[] {
  const { acpiIndex } = device as DeviceInfo
  if (acpiIndex === undefined || address === undefined || address.type === 'pci') return []
  return [
    {
      code: 'ERR_CONFIG_UNSUPPORTED',
      path: `${path}/acpi/@index`,
      message: 'an index of ACPI is for PCI functions, and this is none; leave <acpi> out',
    },
  ]
}

/** A key that two devices may not share, or nothing where sharing is no clash. */
function placeKey({ kind, device, address }: Placed): string | undefined {
  if (address === undefined) return undefined
  switch (address.type) {
    case 'pci': {
      const { domain, bus, slot, function: fn } = address
      return `pci ${domain}:${bus}:${slot}.${fn}`
    }
    case 'drive': {
      const { bus } = device as DeviceOf<'disk'>
      return `${bus ?? kind} ${formatAddress(address)}`
    }
    case 'usb':
      return address.port === undefined ? undefined : `usb ${address.bus}:${address.port}`
    case 'virtio-serial':
    case 'ccw':
    case 'ccid':
    case 'dimm':
      return formatAddress(address)
    case 'spapr-vio':
      return address.reg === undefined ? undefined : `spapr-vio ${address.reg}`
    default:
      return undefined
  }
}

function clashes(placed: readonly Placed[]): Problem[] {
  const seen = new Map<string, Placed>()
  const problems: Problem[] = [...idClashes(placed)]
  for (const one of placed) {
    // The first console is the first serial port: one device, written twice.
    if (one.kind === 'console' && (one.device as DeviceOf<'console'>).targetType === 'serial')
      continue
    const key = placeKey(one)
    if (key === undefined || one.address === undefined) continue
    const other = seen.get(key)
    if (other === undefined) seen.set(key, one)
    else {
      problems.push({
        code: 'ERR_XML_ERROR',
        path: `${one.path}/address`,
        message: `address ${formatAddress(one.address)} is already used by ${other.path}`,
      })
    }
  }
  return problems
}

/** No two functions have an id in common. */
function idClashes(placed: readonly Placed[]): Problem[] {
  return (['uid', 'fid'] as const).flatMap((name) => {
    const seen = new Map<number, Placed>()
    return placed.flatMap((one): Problem[] => {
      const id = one.address?.type === 'pci' ? one.address[name] : undefined
      if (id === undefined) return []
      const other = seen.get(id)
      seen.set(id, other ?? one)
      if (other === undefined) return []
      const message = `${name} 0x${id.toString(16)} is already used by ${other.path}`
      return [{ code: 'ERR_XML_ERROR', path: `${one.path}/address/zpci/@${name}`, message }]
    })
  })
}

const busAddress: Readonly<Record<string, readonly string[]>> = {
  pci: ['pci'],
  'spapr-vio': ['spapr-vio'],
  usb: ['usb'],
  ccw: ['ccw'],
  'virtio-mmio': ['virtio-mmio'],
  'virtio-serial': ['virtio-serial'],
  drive: ['drive'],
  ccid: ['ccid'],
  dimm: ['dimm'],
  isa: ['isa'],
  none: [],
}

function onBus(one: Placed, domain: AddressedDomain, context: PlanContext): Problem[] {
  const { address } = one
  if (address === undefined) return []
  const path = `${one.path}/address`
  const { model } = one
  if (model === undefined) return []
  const ways = [model, ...(model.others ?? [])]
  const types = ways.flatMap(({ bus }) => busAddress[bus] ?? [])
  if (!types.includes(address.type) && !(one.kind === 'controller' && address.type === 'pci')) {
    if (one.kind === 'console') return []
    return [
      {
        code: 'ERR_CONFIG_UNSUPPORTED',
        path: `${path}/@type`,
        message: `address type '${address.type}' does not fit this device on ${context.guest.name}; ${
          types.length === 0 ? 'it takes no address' : `it takes '${types.join("', '")}'`
        }`,
      },
    ]
  }
  return [
    ...missingBus(address, path, domain, one),
    ...onBoard(address, path, context),
    ...onItsKind(address, path, one, domain),
    ...onChannels(address, path, context),
    ...functionIds(address, path, context),
  ]
}

/** Virtual devices are in one subsystem. */
function onChannels(address: Address, path: string, { profile, machine }: PlanContext): Problem[] {
  const { channels } = profile
  if (address.type !== 'ccw' || channels === undefined || address.cssid === channels.cssid)
    return []
  const wanted = `0x${channels.cssid.toString(16)}`
  return [
    {
      code: 'ERR_CONFIG_UNSUPPORTED',
      path: `${path}/@cssid`,
      message: `virtual devices of ${machine.name} are in channel subsystem ${wanted}, not 0x${address.cssid.toString(16)}`,
    },
  ]
}

/** Ids of functions are for platforms that know functions by ids. */
function functionIds(address: Address, path: string, { profile, guest }: PlanContext): Problem[] {
  if (address.type !== 'pci' || profile.pci?.idDevice !== undefined) return []
  if (address.uid === undefined && address.fid === undefined) return []
  return [
    {
      code: 'ERR_CONFIG_UNSUPPORTED',
      path: `${path}/zpci`,
      message: `PCI functions have no ids on ${guest.name}; leave <zpci> out`,
    },
  ]
}

function pciController(index: number, domain: AddressedDomain): DeviceOf<'controller'> | undefined {
  return domain.devices.controller?.find((one) => one.type === 'pci' && (one.index ?? 0) === index)
}

/** Bridges are plugged in where their kind is, whatever slot is free. */
function onItsKind(
  address: Address,
  path: string,
  { kind, device }: Placed,
  domain: AddressedDomain,
): Problem[] {
  if (kind !== 'controller' || address.type !== 'pci') return []
  const { type, model = '' } = device as DeviceOf<'controller'>
  const connect = connectOfController(model)
  const bus = pciController(address.bus, domain)
  if (type !== 'pci' || connect === undefined || bus?.model === undefined) return []
  if (acceptsOn(bus.model, connect)) return []
  return [
    {
      code: 'ERR_XML_ERROR',
      path,
      message: `a '${model}' is not plugged into a '${bus.model}', which is PCI controller ${address.bus}`,
    },
  ]
}

/** Slots that the board itself fills. */
function onBoard(address: Address, path: string, { profile, machine }: PlanContext): Problem[] {
  if (address.type !== 'pci' || address.bus !== 0) return []
  const { slot, function: fn } = address
  if (profile.pci?.occupied.some((at) => at.slot === slot && at.function === fn) !== true) return []
  return [
    {
      code: 'ERR_XML_ERROR',
      path,
      message: `address ${formatAddress(address)} belongs to the board of ${machine.name}`,
    },
  ]
}

/** The first part of a port is one of the controller's own, and each further one is a hub's. */
function usbPort(address: UsbAddress, path: string, domain: AddressedDomain): Problem[] {
  const first = Number((address.port ?? '1').split('.')[0])
  const all = (domain.devices.controller ?? []) as Parameters<typeof portsOf>[0]
  const ports = portsOf(all, address.bus)
  const wrong = (message: string): Problem[] => [
    { code: 'ERR_XML_ERROR', path: `${path}/@port`, message },
  ]
  if (first > ports && ports !== 0)
    return wrong(`USB bus ${address.bus} has ports 1 to ${ports}, and no port ${first}`)
  const steps = (address.port ?? '').split('.')
  if (steps.length > deepestPort)
    return wrong(
      `port ${address.port} is behind ${steps.length - 1} hubs; at most ${deepestPort - 1} stand in a row`,
    )
  const hubs = new Set(
    (domain.devices.hub ?? []).flatMap(({ address: at }) =>
      at?.type === 'usb' && at.bus === address.bus ? [at.port] : [],
    ),
  )
  const missing = steps
    .slice(1)
    .map((_, i) => steps.slice(0, i + 1).join('.'))
    .find((port) => !hubs.has(port))
  if (missing === undefined) return []
  return wrong(
    `there is no hub at port ${missing} of USB bus ${address.bus}; add <hub type='usb'> there`,
  )
}

/** Ports on the way to a device, its own among them (libvirt's VIR_DOMAIN_DEVICE_USB_MAX_PORT_DEPTH). */
const deepestPort = 4

/** Slots that the bus of an address has. */
function slotRange(address: PciAddress, path: string, domain: AddressedDomain): Problem[] {
  const bus = pciController(address.bus, domain)
  const range = slotsOf(bus?.model ?? '')
  if (range === undefined || (address.slot >= range[0] && address.slot <= range[1])) return []
  return [
    {
      code: 'ERR_XML_ERROR',
      path,
      message: `address ${formatAddress(address)} is not on its bus: a '${bus?.model ?? ''}' has slots ${range[0]} to ${range[1]}`,
    },
  ]
}

/** The controller that an address speaks of must exist. */
function missingBus(
  address: Address,
  path: string,
  domain: AddressedDomain,
  one: Placed,
): Problem[] {
  const has = (type: string, index: number): boolean =>
    (domain.devices.controller ?? []).some((c) => c.type === type && (c.index ?? 0) === index)
  const refuse = (type: string, index: number): Problem[] =>
    has(type, index)
      ? []
      : [
          {
            code: 'ERR_XML_ERROR',
            path,
            message: `there is no ${type} controller with index ${index}`,
          },
        ]
  switch (address.type) {
    case 'pci':
      if (address.domain !== 0) {
        return [
          {
            code: 'ERR_XML_ERROR',
            path: `${path}/@domain`,
            message: `PCI domain ${quote(`0x${address.domain.toString(16)}`)} is not offered; only 0x0000 is`,
          },
        ]
      }
      return [...refuse('pci', address.bus), ...slotRange(address, path, domain)]
    case 'usb':
      if (
        address.port !== undefined &&
        !/^[1-9]\d{0,2}(?:\.[1-9]\d{0,2}){0,4}$/.test(address.port)
      ) {
        return [
          {
            code: 'ERR_XML_ERROR',
            path: `${path}/@port`,
            message: `${quote(address.port)} is not a USB port such as 2 or 1.4`,
          },
        ]
      }
      return [...refuse('usb', address.bus), ...usbPort(address, path, domain)]
    case 'ccid':
      return [
        ...refuse('ccid', address.controller),
        ...(address.slot === 0
          ? []
          : [
              {
                code: 'ERR_XML_ERROR' as const,
                path: `${path}/@slot`,
                message: `a card reader has one slot, 0, and no slot ${address.slot}`,
              },
            ]),
      ]
    case 'virtio-serial':
      return refuse('virtio-serial', address.controller)
    case 'drive': {
      const { bus } = one.device as DeviceOf<'disk'>
      return bus === undefined ? [] : refuse(bus, address.controller)
    }
    default:
      return []
  }
}

function aliases(placed: readonly Placed[]): Problem[] {
  const seen = new Map<string, string>()
  const problems: Problem[] = []
  for (const { kind, device, path } of placed) {
    if (kind === 'console') continue
    const { alias } = device as { readonly alias?: string }
    if (!isUserAlias(alias)) continue
    if (!/^[A-Za-z0-9_:.-]+$/.test(alias)) {
      problems.push({
        code: 'ERR_XML_ERROR',
        path: `${path}/alias/@name`,
        message: `alias ${quote(alias)} may hold only letters, digits and _ : . -`,
      })
    }
    const other = seen.get(alias)
    if (other !== undefined) {
      problems.push({
        code: 'ERR_XML_ERROR',
        path: `${path}/alias/@name`,
        message: `alias ${quote(alias)} is already used by ${other}`,
      })
    }
    seen.set(alias, path)
  }
  return problems
}
