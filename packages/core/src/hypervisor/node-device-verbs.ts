import { realSysfs, sysfsUnder } from '../run/sysfs.ts'
import type { Sysfs } from '../run/sysfs.ts'
import { runOf } from './confinement/hand-over.ts'
import type { NodeDevice, NodeDeviceVerbs } from './interface/node-devices.ts'
import type { Layout } from './layout.ts'
import type { PlacedDevice } from './node-devices/read-node-devices.ts'
import type { Rooms } from './rooms.ts'

/** Devices of the host; see interface/node-devices.ts. */
export function nodeDeviceVerbs(rooms: Rooms): NodeDeviceVerbs {
  const { store } = rooms
  const sysfs = sysfsOf(rooms.layout)
  const reading = () => import('./node-devices/read-node-devices.ts')
  const changing = () => import('./node-devices/change-node-device.ts')

  const told = async (device: PlacedDevice): Promise<NodeDevice> => {
    const { summaryOf } = await reading()
    const run = device.pciAddress === undefined ? undefined : store.holderOf(device.pciAddress)
    const domain = run && runOf(store, run)
    return { ...summaryOf(device), ...(domain !== undefined && { domain }) }
  }

  return {
    async nodeDeviceListAll({ capabilities } = {}) {
      const { computer, readNodeDevices } = await reading()
      const found = await Promise.all(readNodeDevices(sysfs).map(told))
      const machine: NodeDevice = { name: computer, capabilities: ['system'] }
      return [machine, ...found]
        .filter(
          (one) =>
            capabilities === undefined ||
            one.capabilities.some((capability) => capabilities.includes(capability)),
        )
        .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    },
    async nodeDeviceLookup(name) {
      const { computer, findNodeDevice } = await reading()
      if (name === computer) return { name, capabilities: ['system'] }
      return told(findNodeDevice(sysfs, name))
    },
    async nodeDeviceGetXmlDesc(name) {
      const { nodeDeviceXml } = await reading()
      return nodeDeviceXml(sysfs, name)
    },
    async nodeDeviceDetach(name, options = {}) {
      const { detachNodeDevice } = await changing()
      return detachNodeDevice(rooms, name, options)
    },
    async nodeDeviceReAttach(name) {
      const { reattachNodeDevice } = await changing()
      return reattachNodeDevice(rooms, name)
    },
    async nodeDeviceReset(name) {
      const { resetNodeDevice } = await changing()
      return resetNodeDevice(rooms, name)
    },
  }
}

/** The kernel whose devices are told of: this machine's, or that of a recording. */
function sysfsOf({ sysfs, hostDir }: Pick<Layout, 'sysfs' | 'hostDir'>): Sysfs {
  return sysfs ?? (hostDir === undefined ? realSysfs : sysfsUnder(hostDir))
}
