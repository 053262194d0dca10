import { deviceName } from './node-device.ts'
import type { DeviceReader, FoundDevice } from './node-device.ts'

/** Nodes through which pictures are drawn. */
export const drmDevices: DeviceReader = (sysfs) =>
  sysfs.list('/class/drm').flatMap((id): readonly FoundDevice[] => {
    const path = sysfs.real(`/class/drm/${id}`)
    const kind = /^(card|renderD|controlD)\d+$/.exec(id)?.[1]
    if (path === undefined || kind === undefined) return []
    const type = kind === 'card' ? 'primary' : kind === 'renderD' ? 'render' : 'control'
    return [
      {
        name: deviceName('drm', id),
        path,
        node: `${sysfs.dev}/dri/${id}`,
        capabilities: ['drm'],
        describe: (writer) => writer.put(['type'], type),
      },
    ]
  })
