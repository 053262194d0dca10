/** Through which a program takes hold of a device on the host's USB: `/dev/bus/usb/001/004`. */
export function usbNode(bus: number, device: number, dev = '/dev'): string {
  const three = (n: number): string => String(n).padStart(3, '0')
  return `${dev}/bus/usb/${three(bus)}/${three(device)}`
}
