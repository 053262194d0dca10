import type { Sysfs } from '../../run/sysfs.ts'
import { nameOf } from '../pci/pci-device.ts'
import { deviceName, putTexts, textOf } from './node-device.ts'
import type { DeviceReader, FoundDevice } from './node-device.ts'

const folder = '/bus/scsi/devices'

/** SCSI's numbers of what a unit is, in libvirt's words. */
const unitTypes: Readonly<Record<string, string>> = {
  0: 'disk',
  1: 'tape',
  2: 'printer',
  3: 'processor',
  4: 'worm',
  5: 'cdrom',
  6: 'scanner',
  7: 'mod',
  8: 'changer',
  12: 'raid',
  13: 'enclosure',
  14: 'rbc',
}

/** Host adapters, what is on them, and the units of that. */
export const scsiDevices: DeviceReader = (sysfs) =>
  sysfs.list(folder).flatMap((id) => {
    const path = sysfs.real(`${folder}/${id}`)
    return path === undefined ? [] : (scsiDevice(sysfs, id, path) ?? [])
  })

function scsiDevice(sysfs: Sysfs, id: string, path: string): FoundDevice | undefined {
  const host = /^host(\d+)$/.exec(id)?.[1]
  if (host !== undefined) return scsiHost(sysfs, { id, path, host })
  if (id.startsWith('target')) {
    const describe: FoundDevice['describe'] = (writer) => writer.put(['target'], id)
    return { name: deviceName(`scsi_${id}`), path, capabilities: ['scsi_target'], describe }
  }
  const [adapter, bus, target, lun] = id.split(':')
  if (lun === undefined) return undefined
  const driver = nameOf(sysfs.real(`${path}/driver`))
  return {
    name: deviceName('scsi', id),
    path,
    capabilities: ['scsi'],
    ...(driver !== undefined && { driver }),
    describe(writer) {
      putTexts(writer, [
        ['host', adapter],
        ['bus', bus],
        ['target', target],
        ['lun', lun],
        ['type', unitTypes[textOf(sysfs, `${path}/type`) ?? '']],
      ])
    },
  }
}

interface ScsiHost {
  readonly id: string
  readonly path: string
  readonly host: string
}

function scsiHost(sysfs: Sysfs, { id, path, host }: ScsiHost): FoundDevice {
  return {
    name: deviceName(`scsi_${id}`),
    path,
    capabilities: ['scsi_host'],
    describe(writer) {
      putTexts(writer, [
        ['host', host],
        ['unique_id', textOf(sysfs, `${path}/scsi_host/${id}/unique_id`)],
      ])
    },
  }
}

/** Nodes through which a unit is asked any SCSI command. */
export const scsiGenericDevices: DeviceReader = (sysfs) =>
  sysfs.list('/class/scsi_generic').flatMap((id): readonly FoundDevice[] => {
    const path = sysfs.real(`/class/scsi_generic/${id}`)
    if (path === undefined) return []
    const node = `${sysfs.dev}/${id}`
    const describe: FoundDevice['describe'] = (writer) => writer.put(['char'], node)
    const name = deviceName('scsi_generic', id)
    return [{ name, path, node, capabilities: ['scsi_generic'], describe }]
  })
