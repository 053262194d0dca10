import { settle } from '../defaults/defaulting.ts'
import type { Defaulting } from '../defaults/defaulting.ts'
import { devicesOf } from '../draft.ts'
import type { DeviceDraft } from '../draft.ts'

/** Ports of one controller: QEMU's default and largest `max_ports`. Port 0 is a console's. */
export const maxPorts = 31

/** Gives virtio channels their ports, from 1. A console without an address is QEMU's to place. */
export function assignVirtioSerial(d: Defaulting): void {
  const channels = devicesOf(d.domain, 'channel').filter((c) => c.targetType === 'virtio')
  const consoles = devicesOf(d.domain, 'console').filter((c) => c.targetType === 'virtio')
  const taken = new Set<string>()
  for (const { address } of [...consoles, ...channels]) {
    if (address?.type === 'virtio-serial' && address.port !== 0)
      taken.add(`${address.controller}:${address.port}`)
  }
  const limits = new Map(
    devicesOf(d.domain, 'controller')
      .filter((c) => c.type === 'virtio-serial')
      .map((c) => [c.index ?? 0, Math.min(c.ports ?? maxPorts, maxPorts)]),
  )
  const give = (device: DeviceDraft<'channel'>): void => {
    const { address } = device
    if (address !== undefined && (address.type !== 'virtio-serial' || address.port !== 0)) return
    const wanted = address?.type === 'virtio-serial' ? address.controller : undefined
    for (const [controller, ports] of [...limits].toSorted(([a], [b]) => a - b)) {
      if (wanted !== undefined && controller !== wanted) continue
      for (let port = 1; port < ports; port++) {
        if (taken.has(`${controller}:${port}`)) continue
        taken.add(`${controller}:${port}`)
        settle(
          d,
          'channel',
          device,
          { type: 'virtio-serial', controller, bus: 0, port },
          {
            rule: 'address/virtio-serial',
            reason: 'the next free port',
          },
        )
        return
      }
    }
  }
  for (const channel of channels) give(channel)
}
