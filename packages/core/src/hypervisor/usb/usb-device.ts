import type { Sysfs } from '../../run/sysfs.ts'

/** A device on the host's USB, as the kernel tells of it. */
export interface UsbDevice {
  readonly bus: number
  readonly device: number
  readonly vendor: number
  readonly product: number
  /** The ports on the way to it, from the bus on: `1.4`. */
  readonly port: string
}

const folder = '/bus/usb/devices'

/** All that are there; interfaces of devices are not devices. */
export function readUsbDevices(sysfs: Sysfs): readonly UsbDevice[] {
  const names = sysfs.list(folder).filter((name) => !name.includes(':'))
  return names.flatMap((name) => {
    const of = (file: string, base: number): number =>
      Number.parseInt(sysfs.read(`${folder}/${name}/${file}`) ?? '', base)
    const [bus, device] = [of('busnum', 10), of('devnum', 10)]
    const [vendor, product] = [of('idVendor', 16), of('idProduct', 16)]
    if ([bus, device, vendor, product].some(Number.isNaN)) return []
    const port = sysfs.read(`${folder}/${name}/devpath`) ?? ''
    return [{ bus, device, vendor, product, port }]
  })
}
