import type { Hostdev } from '../../domain/devices/hostdev.ts'
import type { Domain } from '../../domain/domain.ts'
import { DomainError } from '../../errors.ts'
import type { Problem } from '../../errors.ts'
import { realSysfs } from '../../run/sysfs.ts'
import type { Sysfs } from '../../run/sysfs.ts'
import { readUsbDevices } from './usb-device.ts'
import type { UsbDevice } from './usb-device.ts'

export interface HostUsbOptions {
  /** The guest boots; another one is taken up where it was left. */
  readonly boots?: boolean
  readonly sysfs?: Sysfs | undefined
}

/**
 * The domain with its USB devices of the host by where they are now, which numbers of vendors and products, and
 * ports, lead to. Those that it may miss, and that are not there, are left out.
 *
 * @throws DomainError `ERR_OPERATION_FAILED` that names each that is not there, or is there more than once.
 */
export function onHostUsb<T extends Domain>(
  domain: T,
  { boots = true, sysfs = realSysfs }: HostUsbOptions = {},
): T {
  const hostdevs = domain.devices.hostdev ?? []
  if (!hostdevs.some(({ type }) => type === 'usb')) return domain
  const there = readUsbDevices(sysfs)
  const problems: Problem[] = []
  const hostdev = hostdevs.flatMap((one, i): readonly Hostdev[] => {
    if (one.type !== 'usb') return [one]
    const [found, ...others] = there.filter((device) => fits(one, device))
    const refuse = (message: string): readonly Hostdev[] => {
      const path = `devices/hostdev[${i + 1}]/source`
      problems.push({ code: 'ERR_OPERATION_FAILED', path, message })
      return [one]
    }
    const { startupPolicy: policy } = one
    if (found === undefined) {
      const may = policy === 'optional' || (policy === 'requisite' && !boots)
      return may ? [] : refuse(`the host has no USB device ${nameOf(one)}; it has: ${list(there)}`)
    }
    if (others.length > 0)
      return refuse(
        `the host has ${others.length + 1} USB devices ${nameOf(one)}: name one by its place, ${[
          found,
          ...others,
        ]
          .map(({ bus, device }) => `<address bus='${bus}' device='${device}'/>`)
          .join(' or ')}`,
      )
    const { bus, device } = found
    return [{ ...one, hostAddress: { ...one.hostAddress, kind: 'usb', bus, device } }]
  })
  const [first, ...rest] = problems
  if (first !== undefined) throw new DomainError([first, ...rest])
  return { ...domain, devices: { ...domain.devices, hostdev } }
}

/** What the document says of it is all that counts. */
function fits({ vendor, product, hostAddress: at }: Hostdev, found: UsbDevice): boolean {
  if (vendor !== undefined && vendor !== found.vendor) return false
  if (product !== undefined && product !== found.product) return false
  if (at?.kind !== 'usb') return true
  const { bus, device, port } = at
  return (
    (bus === undefined || bus === found.bus) &&
    (device === undefined || device === found.device) &&
    (port === undefined || port === found.port)
  )
}

const four = (n = 0): string => n.toString(16).padStart(4, '0')

function nameOf({ vendor, product, hostAddress: at }: Hostdev): string {
  const ids = vendor === undefined ? [] : [`${four(vendor)}:${four(product)}`]
  if (at?.kind !== 'usb') return ids.join(' ')
  const { bus, device, port } = at
  const place = [
    bus === undefined ? [] : `bus ${bus}`,
    device === undefined ? [] : `device ${device}`,
    port === undefined ? [] : `port ${port}`,
  ].flat()
  return [...ids, ...(place.length > 0 ? [`at ${place.join(', ')}`] : [])].join(' ')
}

function list(there: readonly UsbDevice[]): string {
  const shown = there.map(
    ({ vendor, product, bus, device }) =>
      `${four(vendor)}:${four(product)} (bus ${bus}, device ${device})`,
  )
  return shown.length === 0 ? 'none' : shown.join(', ')
}
