import type { Disk } from '../../domain/devices/disk.ts'
import { domainError, quote } from '../../errors.ts'
import { formatDevice } from '../../xml/parse-device.ts'
import { parseDomain } from '../../xml/parse-domain.ts'
import type { ChangeMediaOptions, DeviceChangeResult } from '../interface/devices.ts'
import type { Rooms } from '../rooms.ts'
import { updateDevice } from './update-device.ts'

/** virsh's change-media: the drive's own element with another source, or none. */
export async function changeMedia(
  rooms: Rooms,
  reference: string,
  { target, source, action, block, format, ...options }: ChangeMediaOptions & { target: string },
): Promise<DeviceChangeResult> {
  const { active, domain } = await rooms.find(reference)
  const xml = options.config === true && options.live !== true ? domain.xml : active?.xml
  const drives = parseDomain(xml ?? domain.xml ?? '').domain.devices.disk ?? []
  const drive = drives.find((one) => one.target === target || pathOf(one) === target)
  if (drive === undefined || (drive.device !== 'cdrom' && drive.device !== 'floppy')) {
    const known = drives.filter(({ device }) => device === 'cdrom' || device === 'floppy')
    throw domainError(
      'ERR_INVALID_ARG',
      `${quote(target)} is no drive with a removable medium; the domain has: ${known.map((one) => one.target).join(', ') || 'none'}`,
    )
  }
  checkAction(drive, action, source)
  const { source: _, backingStore: __, origin: ___, ...empty } = drive
  const device: Disk =
    source === undefined
      ? { ...empty, type: 'file' }
      : {
          ...empty,
          type: block === true ? 'block' : 'file',
          source: block === true ? { dev: source } : { file: source },
          format: (format ?? 'raw') as NonNullable<Disk['format']>,
        }
  return updateDevice(rooms, {
    reference,
    xml: formatDevice({ kind: 'disk', device }),
    ...options,
  })
}

function pathOf({ source }: Disk): string | undefined {
  return source?.file ?? source?.dev
}

function checkAction(drive: Disk, action: ChangeMediaOptions['action'], source?: string): void {
  const full = drive.source !== undefined
  const wrong =
    action === 'insert' && full
      ? `The disk device ${quote(drive.target)} already has media; update it, or eject it first`
      : (action === 'eject' || (action === undefined && source === undefined)) && !full
        ? `The disk device ${quote(drive.target)} doesn't have media`
        : action === 'eject' && source !== undefined
          ? 'an ejection takes no source'
          : (action === 'insert' || action === 'update') && source === undefined
            ? `No disk source specified for ${action}`
            : undefined
  if (wrong !== undefined) throw domainError('ERR_INVALID_ARG', wrong)
}
