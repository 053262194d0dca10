import type { DeviceOf } from '../../domain/devices.ts'
import { modelOf } from '../allow-list.ts'
import { placeables, settle } from '../defaults/defaulting.ts'
import type { Defaulting, PlaceableKind } from '../defaults/defaulting.ts'
import { deviceOrder } from './device-order.ts'

/** Device numbers of one subsystem have 16 bits. */
const lastDevice = 0xffff

/** Hands out device numbers of the channel subsystem: those of the document first, then from 0 up. */
export function assignChannels(d: Defaulting): void {
  const { channels } = d.context.profile
  if (channels === undefined) return
  const onChannels = deviceOrder.flatMap((kind) =>
    placeables(d.domain, kind)
      .filter(
        (device) => modelOf(kind, device as DeviceOf<PlaceableKind>, d.context)?.bus === 'ccw',
      )
      .map((device) => ({ kind, device })),
  )
  const taken = new Set(
    onChannels.flatMap(({ device }) =>
      device.address?.type === 'ccw' && device.address.ssid === channels.ssid
        ? [device.address.devno]
        : [],
    ),
  )
  let devno = 0
  for (const { kind, device } of onChannels) {
    if (device.address !== undefined) continue
    while (taken.has(devno)) devno++
    if (devno > lastDevice) return
    const address = { type: 'ccw', cssid: channels.cssid, ssid: channels.ssid, devno } as const
    settle(d, kind, device, address, {
      rule: 'address/ccw',
      reason: 'the first free device number of the channel subsystem',
      arch: true,
    })
    devno++
  }
}
