import type { Sysfs } from '../../run/sysfs.ts'
import { nameOf } from '../pci/pci-device.ts'
import { deviceName } from './node-device.ts'
import type { DeviceReader, FoundDevice } from './node-device.ts'

/** Parts of devices that were made for guests. */
export const mediatedDevices: DeviceReader = (sysfs) =>
  sysfs.list('/bus/mdev/devices').flatMap((uuid): readonly FoundDevice[] => {
    const path = sysfs.real(`/bus/mdev/devices/${uuid}`)
    return path === undefined ? [] : [mediatedDevice(sysfs, uuid, path)]
  })

function mediatedDevice(sysfs: Sysfs, uuid: string, path: string): FoundDevice {
  const of = (link: string): string | undefined => nameOf(sysfs.real(`${path}/${link}`))
  const [driver, group, type] = [of('driver'), of('iommu_group'), of('mdev_type')]
  const whole = path.slice(0, path.lastIndexOf('/'))
  return {
    // libvirt has the address of the whole device behind it.
    name: deviceName('mdev', uuid, nameOf(whole) ?? ''),
    path,
    capabilities: ['mdev'],
    ...(driver !== undefined && { driver }),
    ...(group !== undefined && { iommuGroup: Number(group) }),
    describe(writer) {
      if (type !== undefined) writer.append(['type']).attribute('id', type)
      writer.put(['uuid'], uuid)
      writer.put(['parent_addr'], nameOf(whole) ?? '')
      if (group !== undefined) writer.append(['iommuGroup']).attribute('number', group)
    },
  }
}
