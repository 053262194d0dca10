import type { Domain } from '../domain/domain.ts'
import { numberImages, withNumbers } from '../qemu/devices/image-nodes.ts'
import type { CharBackend } from '../domain/devices/chardev.ts'
import type { Graphics } from '../domain/devices/graphics.ts'
import type { PickedPorts } from './ports.ts'

/** What was settled when the guest started. */
export interface LiveFacts extends PickedPorts {
  /** `query-chardev`: label and file name of each character device. */
  readonly chardevs: readonly { readonly label: string; readonly filename: string }[]
  readonly taps: Readonly<Record<number, string>>
  /** The address of a vsock that takes any. */
  readonly vsockCid?: number
}

/** The running guest's definition: the stored one with ptys, ports and taps filled in. */
export function liveDomain(domain: Domain, facts: LiveFacts): Domain {
  const { devices } = domain
  const numbers = numberImages(devices.disk ?? [])
  const pty = <T extends CharBackend & { readonly alias?: string }>(
    device: T,
    console: boolean,
  ): T => {
    if (device.type !== 'pty' || device.alias === undefined) return device
    const found = facts.chardevs.find((one) => one.label === `char${device.alias ?? ''}`)
    const path = found === undefined ? undefined : /^pty:(.+)$/.exec(found.filename)?.[1]
    if (path === undefined) return device
    return { ...device, sources: [{ path }], ...(console && { tty: path }) }
  }
  return {
    ...domain,
    devices: {
      ...devices,
      ...(devices.disk && {
        disk: devices.disk.map((disk) => withNumbers(disk, numbers.get(disk))),
      }),
      ...(devices.serial && { serial: devices.serial.map((one) => pty(one, false)) }),
      ...(devices.parallel && { parallel: devices.parallel.map((one) => pty(one, false)) }),
      ...(devices.console && { console: devices.console.map((one) => pty(one, true)) }),
      ...(devices.channel && { channel: devices.channel.map((one) => pty(one, false)) }),
      ...(devices.interface && {
        interface: devices.interface.map((nic, i) => {
          const target = facts.taps[i]
          return target === undefined ? nic : { ...nic, target }
        }),
      }),
      ...(devices.vsock && {
        vsock: devices.vsock.map((one) =>
          facts.vsockCid === undefined ? one : { ...one, cid: facts.vsockCid },
        ),
      }),
      ...(devices.graphics && {
        graphics: devices.graphics.map((one, i) => {
          const websocket = facts.websockets[i]
          const served = websocket === undefined ? one : { ...one, websocket }
          const port = facts.ports[i]
          return port === undefined ? served : withPort(served, port)
        }),
      }),
    },
  }
}

function withPort(graphics: Graphics, port: number): Graphics {
  const address = graphics.listens?.[0]?.address ?? '127.0.0.1'
  const listens = graphics.listens?.map((listen, n) => (n === 0 ? { ...listen, address } : listen))
  return { ...graphics, port, listen: address, ...(listens && { listens }) }
}
