import type { DeviceVerbs } from './interface/devices.ts'
import type { Rooms } from './rooms.ts'

/** Devices plugged in, plugged out and changed; see interface/devices.ts. */
export function deviceVerbs(rooms: Rooms): DeviceVerbs {
  return {
    async domainAttachDevice(reference, xml, options = {}) {
      const { attachDevice } = await import('./live/attach-device.ts')
      return attachDevice(rooms, { reference, xml, ...options })
    },
    async domainDetachDevice(reference, xml, options = {}) {
      const { detachDevice } = await import('./live/detach-device.ts')
      return detachDevice(rooms, { reference, xml, ...options })
    },
    async domainDetachDeviceAlias(reference, alias, options = {}) {
      const { detachAlias } = await import('./live/detach-device.ts')
      return detachAlias(rooms, reference, { alias, ...options })
    },
    async domainUpdateDevice(reference, xml, options = {}) {
      const { updateDevice } = await import('./live/update-device.ts')
      return updateDevice(rooms, { reference, xml, ...options })
    },
    async domainChangeMedia(reference, target, options = {}) {
      const { changeMedia } = await import('./live/change-media.ts')
      return changeMedia(rooms, reference, { target, ...options })
    },
  }
}
