import { XmlWriter } from '@polyvirt/core/driver'
import { offeredTypes, poolTypes } from '../documents/pool.ts'
import { volumeFormats } from '../documents/volume.ts'

/** libvirt's `<storagepoolCapabilities>`: which pools there are, and the formats of the volumes in them. */
export function poolCapabilities(): string {
  const writer = new XmlWriter('storagepoolCapabilities')
  for (const type of poolTypes) {
    const isOffered = offeredTypes.some((one) => one === type)
    const pool = writer.append(['pool'])
    pool.attribute('type', type)
    pool.attribute('supported', isOffered ? 'yes' : 'no')
    if (!isOffered) continue
    const volume = pool.append(['volOptions'])
    volume.append(['defaultFormat']).attribute('type', 'raw')
    const formats = volume.append(['enum'])
    formats.attribute('name', 'targetFormatType')
    for (const format of volumeFormats) formats.append(['value']).text(format)
  }
  return writer.toString()
}
