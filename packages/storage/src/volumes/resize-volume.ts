import { domainError, quote } from '@polyvirt/core/driver'
import type { VolumeResizeOptions } from '@polyvirt/core/driver'
import { imageDriver } from '../images/image-options.ts'
import { qemuImg } from '../images/qemu-img.ts'
import { describeUsers, imageUsers } from '../images/image-users.ts'
import { inUse } from '../images/image-lock.ts'
import { maxSizeBytes } from '../documents/size-field.ts'
import type { PoolRooms } from '../pools/pool-rooms.ts'
import type { FoundVolume } from './find-volume.ts'
import { refuseChain } from './refuse-chain.ts'
import { refuseOther } from './refuse-other.ts'

/** Gives a volume another capacity; smaller only where that is said. */
export async function resizeVolume(
  rooms: PoolRooms,
  volume: FoundVolume,
  { capacityBytes, ...options }: VolumeResizeOptions & { readonly capacityBytes: number },
): Promise<void> {
  const { name, path, format } = volume
  const what = `volume ${quote(name, 200)}`
  refuseOther(volume, 'resized')
  const bytes = wantedBytes(volume, capacityBytes, options)
  // Every other format counts sectors.
  const wanted = imageDriver(format) === 'raw' ? bytes : Math.ceil(bytes / 512) * 512
  const shrinks = wanted < volume.capacityBytes
  await refuseChain(rooms, { ...volume, what })
  const users = await imageUsers(path)
  if (users.length > 0) throw inUse(what, describeUsers(users))
  await qemuImg(
    [
      'resize',
      '-q',
      ...['-f', imageDriver(format)],
      ...(shrinks ? ['--shrink'] : []),
      ...(options.allocate === true ? ['--preallocation=falloc'] : []),
      path,
      String(wanted),
    ],
    { failing: `cannot resize ${what}`, what },
  )
}

/** The size that is asked for, by libvirt's rules. */
function wantedBytes(
  { capacityBytes: has, allocationBytes }: FoundVolume,
  asked: number,
  { delta = false, shrink = false, allocate = false }: VolumeResizeOptions,
): number {
  const refuse = (message: string): never => {
    throw domainError('ERR_INVALID_ARG', message)
  }
  if (!Number.isSafeInteger(asked) || asked < 0) refuse(`${asked} is not a number of bytes`)
  if (asked === 0 && !delta && !shrink) {
    refuse(`capacity in virStorageVolResize cannot be zero without 'delta' or 'shrink' flags set`)
  }
  const wanted = delta ? (shrink ? has - Math.min(asked, has) : has + asked) : asked
  if (wanted > maxSizeBytes) refuse(`${wanted} bytes are more than 8 PiB`)
  if (wanted < allocationBytes) {
    refuse(`can't shrink capacity below existing allocation (${allocationBytes} bytes)`)
  }
  if (wanted < has && !shrink) {
    refuse(`Can't shrink capacity below current capacity unless shrink flag explicitly specified`)
  }
  if (wanted < has && allocate) refuse(`what becomes smaller has no new space to take`)
  return wanted
}
