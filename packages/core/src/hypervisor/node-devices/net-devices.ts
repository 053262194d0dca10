import type { Sysfs } from '../../run/sysfs.ts'
import { deviceName, textOf } from './node-device.ts'
import type { DeviceReader, FoundDevice } from './node-device.ts'

const folder = '/class/net'

/** Linux, if_arp.h: what the frames of a device are like. */
const ethernet = '1'
const loopback = '772'

/** Network devices whose frames are Ethernet's, as libvirt has them. */
export const netDevices: DeviceReader = (sysfs) =>
  sysfs.list(folder).flatMap((name) => netDevice(sysfs, name) ?? [])

function netDevice(sysfs: Sysfs, interfaceName: string): FoundDevice | undefined {
  const path = sysfs.real(`${folder}/${interfaceName}`)
  if (path === undefined) return undefined
  const of = (name: string): string | undefined => textOf(sysfs, `${path}/${name}`)
  const type = of('type') ?? ''
  if (type !== ethernet && type !== loopback) return undefined
  const address = of('address') ?? ''
  return {
    name: deviceName('net', interfaceName, address),
    path,
    capabilities: ['net'],
    describe(writer) {
      writer.put(['interface'], interfaceName)
      writer.put(['address'], address)
      const state = of('operstate')
      const speed = Number(of('speed') ?? -1)
      if (state !== undefined) {
        const link = writer.append(['link'])
        if (state === 'up' && speed > 0) link.attribute('speed', String(speed))
        link.attribute('state', state)
      }
      const wireless = sysfs.real(`${path}/phy80211`) !== undefined
      writer.append(['capability']).attribute('type', wireless ? '80211' : '80203')
    },
  }
}
