import { usbNode } from '../../domain/devices/usb-node.ts'
import type { Sysfs } from '../../run/sysfs.ts'
import { nameOf } from '../pci/pci-device.ts'
import { deviceName, putId, putTexts, textOf } from './node-device.ts'
import type { DeviceReader, FoundDevice } from './node-device.ts'

const folder = '/bus/usb/devices'

/** Devices on USB, and each of their interfaces: what a driver of the host works with. */
export const usbDevices: DeviceReader = (sysfs) =>
  sysfs.list(folder).flatMap((id) => {
    const path = sysfs.real(`${folder}/${id}`)
    if (path === undefined) return []
    return [id.includes(':') ? usbInterface(sysfs, id, path) : usbDevice(sysfs, id, path)]
  })

function usbDevice(sysfs: Sysfs, id: string, path: string): FoundDevice {
  const of = (name: string): string | undefined => textOf(sysfs, `${path}/${name}`)
  const [bus, device] = [Number(of('busnum') ?? 0), Number(of('devnum') ?? 0)]
  return {
    ...common(sysfs, id, path),
    capabilities: ['usb_device'],
    node: usbNode(bus, device, sysfs.dev),
    describe(writer) {
      putTexts(writer, [
        ['bus', bus],
        ['device', device],
      ])
      putId(writer, 'product', `0x${of('idProduct') ?? '0000'}`, of('product'))
      putId(writer, 'vendor', `0x${of('idVendor') ?? '0000'}`, of('manufacturer'))
    },
  }
}

function usbInterface(sysfs: Sysfs, id: string, path: string): FoundDevice {
  const number = (name: string): number =>
    Number.parseInt(textOf(sysfs, `${path}/${name}`) ?? '0', 16)
  return {
    ...common(sysfs, id, path),
    capabilities: ['usb'],
    describe(writer) {
      putTexts(writer, [
        ['number', number('bInterfaceNumber')],
        ['class', number('bInterfaceClass')],
        ['subclass', number('bInterfaceSubClass')],
        ['protocol', number('bInterfaceProtocol')],
        ['description', textOf(sysfs, `${path}/interface`)],
      ])
    },
  }
}

function common(
  sysfs: Sysfs,
  id: string,
  path: string,
): Pick<FoundDevice, 'name' | 'path' | 'driver'> {
  const driver = nameOf(sysfs.real(`${path}/driver`))
  return { name: deviceName('usb', id), path, ...(driver !== undefined && { driver }) }
}
