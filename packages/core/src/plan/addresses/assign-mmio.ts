import type { DeviceOf } from '../../domain/devices.ts'
import { modelOf } from '../allow-list.ts'
import { placeables, settle } from '../defaults/defaulting.ts'
import type { Defaulting, PlaceableKind } from '../defaults/defaulting.ts'
import { deviceOrder } from './device-order.ts'

/**
 * Where one virtio device is on the board's own transport, those without an address are, too: what
 * libvirt does, so that a document of old does not grow a bus.
 */
export function assignMmio(d: Defaulting): void {
  const isOnOne = deviceOrder.some((kind) =>
    placeables(d.domain, kind).some(({ address }) => address?.type === 'virtio-mmio'),
  )
  if (!isOnOne) return
  const all = deviceOrder.flatMap((kind) =>
    placeables(d.domain, kind).map((device) => ({ kind, device })),
  )
  for (const { kind, device } of all) {
    if (device.address !== undefined) continue
    const model = modelOf(kind, device as DeviceOf<PlaceableKind>, d.context)
    if (model?.others?.some(({ bus }) => bus === 'virtio-mmio') !== true) continue
    settle(
      d,
      kind,
      device,
      { type: 'virtio-mmio' },
      {
        rule: 'address/virtio-mmio',
        reason: "a device of this document is on the board's own transport",
      },
    )
  }
}
