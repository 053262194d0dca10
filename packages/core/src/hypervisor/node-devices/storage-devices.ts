import type { Sysfs } from '../../run/sysfs.ts'
import { deviceName, putTexts, textOf, udevFacts } from './node-device.ts'
import type { DeviceReader, FoundDevice } from './node-device.ts'

const folder = '/class/block'

/** The kernel counts in these, whatever a device's own are. */
const sectorBytes = 512

/** Kinds of drives whose names say what they are, for hosts on which udev does not. */
const kinds: readonly (readonly [names: RegExp, kind: string])[] = [
  [/^(?:sd|vd|xvd|hd|dasd)[a-z]+$|^nvme\d+n\d+$/, 'disk'],
  [/^sr\d+$/, 'cdrom'],
  [/^fd\d+$/, 'floppy'],
  [/^mmcblk\d+$/, 'sd'],
]

/** udev's words where libvirt has others. */
const udevKinds: Readonly<Record<string, string>> = { cd: 'cdrom', sd_card: 'sd' }

/** Drives: what is made of others, such as volumes, loops and parts, is none. */
export const storageDevices: DeviceReader = (sysfs) =>
  sysfs.list(folder).flatMap((name) => storageDevice(sysfs, name) ?? [])

function storageDevice(sysfs: Sysfs, blockName: string): FoundDevice | undefined {
  const path = sysfs.real(`${folder}/${blockName}`)
  if (path === undefined) return undefined
  const of = (name: string): string | undefined => textOf(sysfs, `${path}/${name}`)
  const kind = kinds.find(([names]) => names.test(blockName))?.[1]
  if (kind === undefined) return undefined
  const { properties, links } = udevFacts(sysfs, `b${of('dev') ?? ''}`)
  const told = properties.get('ID_TYPE')
  const driveType = told === undefined ? kind : (udevKinds[told] ?? told)
  const serial = properties.get('ID_SERIAL')
  const node = `${sysfs.dev}/${blockName.replaceAll('!', '/')}`
  return {
    name: deviceName('block', blockName, ...(serial === undefined ? [] : [serial])),
    path,
    node,
    links,
    capabilities: ['storage'],
    describe(writer) {
      putTexts(writer, [
        ['block', node],
        ['bus', properties.get('ID_BUS')],
        ['drive_type', driveType],
        ['model', of('device/model')],
        ['vendor', of('device/vendor')],
        ['serial', serial],
      ])
      const bytes = BigInt(of('size') ?? 0) * BigInt(sectorBytes)
      const block = BigInt(of('queue/logical_block_size') ?? sectorBytes)
      const sizes = [
        ['logical_block_size', String(block)],
        ['num_blocks', String(bytes / (block === 0n ? BigInt(sectorBytes) : block))],
      ] as const
      if (driveType !== 'cdrom' && driveType !== 'floppy' && of('removable') !== '1') {
        putTexts(writer, [['size', String(bytes)], ...sizes])
        return
      }
      const removable = writer.append(['capability'])
      removable.attribute('type', 'removable')
      const label = properties.get('ID_FS_LABEL')
      putTexts(removable, [
        ['media_available', bytes > 0n ? 1 : 0],
        ['media_size', String(bytes)],
        ['media_label', label],
        ...(bytes > 0n ? sizes : []),
      ])
    },
  }
}
