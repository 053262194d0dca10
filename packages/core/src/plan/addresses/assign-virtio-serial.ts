import { settle } from '../defaults/defaulting.ts'
import type { Defaulting } from '../defaults/defaulting.ts'
import { devicesOf } from '../draft.ts'
import { need } from '../defaults/controllers.ts'
import type { VirtioSerialAddress } from '../../domain/address.ts'

/** Ports of one controller: QEMU's default and largest `max_ports`. Port 0 is a console's. */
export const maxPorts = 31

/**
 * Gives virtio channels their ports, from 1, with one more controller where the others are full. A console
 * without an address is QEMU's to place.
 */
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
  const firstFree = (wanted: number | undefined): VirtioSerialAddress | undefined => {
    for (const [controller, ports] of [...limits].toSorted(([a], [b]) => a - b)) {
      if (wanted !== undefined && controller !== wanted) continue
      for (let port = 1; port < ports; port++) {
        if (!taken.has(`${controller}:${port}`))
          return { type: 'virtio-serial', controller, bus: 0, port }
      }
    }
    return undefined
  }
  const grow = (): VirtioSerialAddress | undefined => {
    const index = Math.max(-1, ...limits.keys()) + 1
    if (index > 255) return undefined
    need(d, 'virtio-serial', index, 'the others have no free port')
    limits.set(index, maxPorts)
    return { type: 'virtio-serial', controller: index, bus: 0, port: 1 }
  }
  for (const channel of channels) {
    const { address } = channel
    if (address !== undefined && (address.type !== 'virtio-serial' || address.port !== 0)) continue
    const found =
      address === undefined ? (firstFree(undefined) ?? grow()) : firstFree(address.controller)
    if (found === undefined) continue
    taken.add(`${found.controller}:${found.port}`)
    const why = { rule: 'address/virtio-serial', reason: 'the next free port' }
    settle(d, 'channel', channel, found, why)
  }
}
