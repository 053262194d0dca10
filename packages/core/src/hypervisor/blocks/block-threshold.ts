import { domainError, quote } from '../../errors.ts'
import { diskNamed } from '../live/set-iotune.ts'
import type { Rooms } from '../rooms.ts'
import { described } from './switch-image.ts'

export interface ThresholdRequest {
  /** `vda`, or one of its images by its number: `vda[2]`. */
  readonly disk: string
  readonly thresholdBytes: number
}

/** QEMU tells once when a guest has written an image beyond this many bytes; 0 takes it back. */
export async function setBlockThreshold(
  rooms: Rooms,
  reference: string,
  { disk: name, thresholdBytes }: ThresholdRequest,
): Promise<void> {
  const running = await rooms.findActive(reference)
  const [, target = name, number] = /^(.+)\[(\d+)\]$/.exec(name) ?? []
  const disk = diskNamed(await rooms.live(running), target)
  const images = described(disk).map(({ index, source }) => index ?? source?.index)
  const index = number === undefined ? images[0] : images.find((one) => one === Number(number))
  if (index === undefined) {
    const known = images.flatMap((one) => one ?? []).join(', ')
    throw domainError(
      'ERR_INVALID_ARG',
      `block device ${quote(name)} was not found; images of ${quote(target)}: ${known || 'none with a number'}`,
    )
  }
  await rooms.command(running, 'domblkthreshold', (qmp) =>
    // What is written to the host is counted below the format, as libvirt does.
    qmp.executeUnchecked('block-set-write-threshold', {
      'node-name': `libvirt-${index}-storage`,
      'write-threshold': thresholdBytes,
    }),
  )
}
