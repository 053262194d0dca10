import type { Sysfs } from '../../run/sysfs.ts'
import type { XmlWriter } from '../../xml/writer.ts'
import { putTexts, textOf } from './node-device.ts'

const folder = '/class/dmi/id'

/** What libvirt says where the firmware names none. */
const noUuid = '00000000-0000-0000-0000-000000000000'

/** The machine, as its firmware tells of it. */
export function describeComputer(writer: XmlWriter, sysfs: Sysfs): void {
  const of = (name: string): string | undefined => textOf(sysfs, `${folder}/${name}`)
  putTexts(writer, [['product', of('product_name')]])
  putTexts(writer.append(['hardware']), [
    ['vendor', of('sys_vendor')],
    ['version', of('product_version')],
    ['serial', of('product_serial')],
    ['uuid', of('product_uuid') ?? noUuid],
  ])
  putTexts(writer.append(['firmware']), [
    ['vendor', of('bios_vendor')],
    ['version', of('bios_version')],
    ['release_date', of('bios_date')],
  ])
}
