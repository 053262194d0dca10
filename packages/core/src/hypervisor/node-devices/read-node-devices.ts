import { domainError, quote } from '../../errors.ts'
import type { Sysfs } from '../../run/sysfs.ts'
import { XmlWriter } from '../../xml/writer.ts'
import type { NodeDevice } from '../interface/node-devices.ts'
import { describeComputer } from './computer.ts'
import { drmDevices } from './drm-devices.ts'
import { mediatedDevices } from './mediated-devices.ts'
import { netDevices } from './net-devices.ts'
import type { DeviceReader, FoundDevice } from './node-device.ts'
import { pciDevices } from './pci-devices.ts'
import { scsiDevices, scsiGenericDevices } from './scsi-devices.ts'
import { storageDevices } from './storage-devices.ts'
import { usbDevices } from './usb-devices.ts'

/** The machine itself, which all others are in. */
export const computer = 'computer'

/** One kind of device each. */
const readers: readonly DeviceReader[] = [
  pciDevices,
  usbDevices,
  netDevices,
  storageDevices,
  scsiDevices,
  scsiGenericDevices,
  drmDevices,
  mediatedDevices,
]

/** A device with the one that it is behind. */
export interface PlacedDevice extends FoundDevice {
  readonly parent: string
}

/** All devices of the host but the machine itself, by name. */
export function readNodeDevices(sysfs: Sysfs): readonly PlacedDevice[] {
  const found = readers.flatMap((read) => read(sysfs))
  const names = new Map(found.map(({ path, name }) => [path, name]))
  const parentOf = (path: string): string => {
    const above = path.slice(0, path.lastIndexOf('/'))
    return above === '' ? computer : (names.get(above) ?? parentOf(above))
  }
  return found
    .map((device) => ({ ...device, parent: parentOf(device.path) }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** @throws DomainError `ERR_NO_NODE_DEVICE`. */
export function findNodeDevice(sysfs: Sysfs, name: string): PlacedDevice {
  const device = readNodeDevices(sysfs).find((one) => one.name === name)
  if (device !== undefined) return device
  throw domainError('ERR_NO_NODE_DEVICE', `no node device with matching name ${quote(name, 200)}`)
}

/** What is told of a device. */
export function summaryOf(device: PlacedDevice): NodeDevice {
  const { name, parent, path, capabilities, driver, iommuGroup } = device
  return {
    name,
    parent,
    path: `/sys${path}`,
    capabilities,
    ...(driver !== undefined && { driver }),
    ...(iommuGroup !== undefined && { iommuGroup }),
  }
}

/** `<device>` of a device, or of the machine itself. */
export function nodeDeviceXml(sysfs: Sysfs, name: string): string {
  const root = new XmlWriter('device')
  root.put(['name'], name)
  if (name === computer) {
    describeComputer(capability(root, 'system'), sysfs)
    return root.toString()
  }
  const {
    path,
    node,
    links = [],
    parent,
    driver,
    capabilities,
    describe,
  } = findNodeDevice(sysfs, name)
  root.put(['path'], `/sys${path}`)
  const nodes = node === undefined ? [] : [['dev', node], ...links.map((one) => ['link', one])]
  for (const [type = '', text = ''] of nodes) {
    const element = root.append(['devnode'])
    element.attribute('type', type)
    element.text(text)
  }
  root.put(['parent'], parent)
  if (driver !== undefined) root.put(['driver', 'name'], driver)
  describe(capability(root, capabilities[0] ?? ''))
  return root.toString()
}

function capability(root: XmlWriter, type: string): XmlWriter {
  const element = root.append(['capability'])
  element.attribute('type', type)
  return element
}
