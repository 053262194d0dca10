import type { Sysfs } from '../../run/sysfs.ts'
import type { XmlWriter } from '../../xml/writer.ts'
import {
  groupMembers,
  headerType,
  nameOf,
  pciDeviceName,
  readPciDevice,
} from '../pci/pci-device.ts'
import type { DeviceReader, FoundDevice } from './node-device.ts'
import { putId, putTexts, textOf } from './node-device.ts'
import { pciNames } from './pci-names.ts'

export const pciDevices: DeviceReader = (sysfs) =>
  sysfs.list('/bus/pci/devices').flatMap((address) => pciDevice(sysfs, address) ?? [])

function pciDevice(sysfs: Sysfs, address: string): FoundDevice | undefined {
  const path = sysfs.real(`/bus/pci/devices/${address}`)
  const device = readPciDevice(sysfs, address)
  if (path === undefined || device === undefined) return undefined
  const { driver, group } = device
  const mediated = sysfs.list(`${path}/mdev_supported_types`).length > 0
  return {
    name: pciDeviceName(address),
    path,
    pciAddress: address,
    capabilities: ['pci', ...(mediated ? (['mdev_types'] as const) : [])],
    ...(driver !== undefined && { driver }),
    ...(group !== undefined && { iommuGroup: group }),
    describe: (writer) => describe(writer, sysfs, { path, address, group }),
  }
}

interface PciPlace {
  readonly path: string
  readonly address: string
  readonly group: number | undefined
}

/** In libvirt's order. */
function describe(writer: XmlWriter, sysfs: Sysfs, { path, address, group }: PciPlace): void {
  const of = (name: string): string | undefined => textOf(sysfs, `${path}/${name}`)
  const { domain, bus, slot, function: fn } = numbersOf(address)
  putTexts(writer, [
    ['class', of('class')],
    ['domain', domain],
    ['bus', bus],
    ['slot', slot],
    ['function', fn],
  ])
  const [vendor = '', product = ''] = [of('vendor'), of('device')]
  const names = pciNames(vendor, product)
  putId(writer, 'product', product, names.product)
  putId(writer, 'vendor', vendor, names.vendor)
  describeFunctions(writer, sysfs, path)
  const header = headerTypes[headerType(sysfs, path)]
  if (header !== undefined) writer.append(['capability']).attribute('type', header)
  describeMediated(writer, sysfs, path)
  if (group !== undefined) {
    const element = writer.append(['iommuGroup'])
    element.attribute('number', String(group))
    for (const member of groupMembers(sysfs, group)) putAddress(element, member)
  }
  const numa = Number(of('numa_node') ?? -1)
  if (numa >= 0) writer.append(['numa']).attribute('node', String(numa))
  describeLink(writer, of)
}

/** Layouts of the configuration space that are not a device's at the end. */
const headerTypes: Readonly<Record<number, string>> = { 1: 'pci-bridge', 2: 'cardbus-bridge' }

/** SR-IOV: which device it is a part of, or which are parts of it. */
function describeFunctions(writer: XmlWriter, sysfs: Sysfs, path: string): void {
  const whole = nameOf(sysfs.real(`${path}/physfn`))
  if (whole !== undefined) {
    const element = writer.append(['capability'])
    element.attribute('type', 'phys_function')
    putAddress(element, whole)
  }
  const most = Number(textOf(sysfs, `${path}/sriov_totalvfs`) ?? 0)
  if (most === 0) return
  const element = writer.append(['capability'])
  element.attribute('type', 'virt_functions')
  element.attribute('maxCount', String(most))
  const parts = sysfs.list(path).filter((name) => /^virtfn\d+$/.test(name))
  const number = (name: string): number => Number(name.slice('virtfn'.length))
  for (const part of parts.toSorted((a, b) => number(a) - number(b))) {
    const address = nameOf(sysfs.real(`${path}/${part}`))
    if (address !== undefined) putAddress(element, address)
  }
}

/** What it can be divided into. */
function describeMediated(writer: XmlWriter, sysfs: Sysfs, path: string): void {
  const folder = `${path}/mdev_supported_types`
  const ids = sysfs.list(folder)
  if (ids.length === 0) return
  const element = writer.append(['capability'])
  element.attribute('type', 'mdev_types')
  for (const id of ids) {
    const type = element.append(['type'])
    type.attribute('id', id)
    const of = (name: string): string | undefined => textOf(sysfs, `${folder}/${id}/${name}`)
    putTexts(type, [
      ['name', of('name')],
      ['deviceAPI', of('device_api')],
      ['availableInstances', of('available_instances')],
    ])
  }
}

/** PCI Express: the fastest link that the device can have, and the one it has. */
function describeLink(writer: XmlWriter, of: (name: string) => string | undefined): void {
  const links = (['max', 'current'] as const).flatMap((which) => {
    const speed = /^([\d.]+) GT\/s/.exec(of(`${which}_link_speed`) ?? '')?.[1]
    const width = of(`${which}_link_width`)
    // A bridge inside a processor has none.
    if (speed === undefined || width === undefined || width === '0' || width === '255') return []
    return [{ validity: which === 'max' ? 'cap' : 'sta', speed: String(Number(speed)), width }]
  })
  if (links.length === 0) return
  const element = writer.append(['pci-express'])
  for (const link of links) {
    const one = element.append(['link'])
    for (const [name, value] of Object.entries(link)) one.attribute(name, value)
  }
}

interface PciNumbers {
  readonly domain: number
  readonly bus: number
  readonly slot: number
  readonly function: number
}

function numbersOf(address: string): PciNumbers {
  const [domain = 0, bus = 0, slot = 0, fn = 0] = address
    .split(/[:.]/)
    .map((part) => Number.parseInt(part, 16))
  return { domain, bus, slot, function: fn }
}

function putAddress(writer: XmlWriter, address: string): void {
  const { domain, bus, slot, function: fn } = numbersOf(address)
  const element = writer.append(['address'])
  const hex = (n: number, digits: number): string => `0x${n.toString(16).padStart(digits, '0')}`
  element.attribute('domain', hex(domain, 4))
  element.attribute('bus', hex(bus, 2))
  element.attribute('slot', hex(slot, 2))
  element.attribute('function', hex(fn, 1))
}
