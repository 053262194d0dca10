import { constants } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { domainError, quote, unsupported } from '@polyvirt/core/driver'
import type { VolumeCreateOptions } from '@polyvirt/core/driver'
import type { Volume } from '../documents/volume.ts'
import { imageDriver, imageOptions } from '../images/image-options.ts'
import { qemuImg } from '../images/qemu-img.ts'
import type { ActivePool } from '../pools/active-pool.ts'
import type { PoolRooms } from '../pools/pool-rooms.ts'
import { systemError } from '../system-error.ts'
import { settleBacking } from './backing-of-new.ts'
import { isDir, recordVolume } from './create-volume.ts'
import type { NewImage } from './create-volume.ts'
import type { FoundVolume } from './find-volume.ts'
import { makeFile, refuseExisting } from './new-file.ts'
import { refuseChain } from './refuse-chain.ts'

export interface Clone {
  readonly pool: ActivePool
  readonly volume: Volume
  readonly original: FoundVolume
}

/** Makes a volume with what is in another one, in the format that its document asks for. */
export async function cloneVolume(
  rooms: PoolRooms,
  { pool, volume, original }: Clone,
  options: VolumeCreateOptions,
): Promise<void> {
  if (isDir(volume) || original.type === 'dir') {
    throw domainError('ERR_NO_SUPPORT', 'cloning a directory is not supported')
  }
  if (original.format === 'luks') {
    const message = 'an encrypted volume is not copied: copy it with qemu-img, and refresh the pool'
    throw domainError('ERR_OPERATION_UNSUPPORTED', message)
  }
  await refuseChain(rooms, { ...original, what: `volume ${quote(original.name, 200)}` })
  await refuseExisting(`${pool.path}/${volume.name}`)
  const backing = await settleBacking(rooms, volume.backingStore)
  const { permissions } = volume.target
  const place = { dir: pool.path, name: volume.name, ...(permissions && { permissions }) }
  await makeFile(place, async (temporary) => {
    const image = { pool, volume, backing, temporary }
    if (options.reflink === true) await shareBlocks(original, image)
    else await copy(original, image, options)
    await grow(original, image)
    await recordVolume(image)
  })
}

/** The copy has the original's blocks until one of them is written. */
async function shareBlocks(original: FoundVolume, { volume, temporary }: NewImage): Promise<void> {
  const { format = 'raw' } = volume.target
  if (format !== original.format) {
    const message = `a copy that shares blocks has the format of its original, ${original.format}`
    const problem = unsupported('target/format/@type', message)
    throw domainError(problem.code, message, { root: 'volume', path: 'target/format/@type' })
  }
  const { COPYFILE_EXCL, COPYFILE_FICLONE_FORCE } = constants
  try {
    await copyFile(original.path, temporary, COPYFILE_EXCL | COPYFILE_FICLONE_FORCE)
  } catch (error) {
    const what = `the file system of ${quote(original.path, 200)} cannot share blocks`
    throw systemError(what, error)
  }
}

async function copy(
  original: FoundVolume,
  { pool, volume, backing, temporary }: NewImage,
  { signal, onProgress, preallocateMetadata }: VolumeCreateOptions,
): Promise<void> {
  const { format = 'raw' } = volume.target
  const preallocation = preallocateMetadata === true ? ('metadata' as const) : undefined
  await qemuImg(
    [
      'convert',
      ...(onProgress === undefined ? ['-q'] : ['-p']),
      ...['-f', imageDriver(original.format)],
      ...['-O', imageDriver(format)],
      ...imageOptions(volume, { preallocation }),
      ...(backing === undefined ? [] : ['-B', backing.path, '-F', backing.driver]),
      original.path,
      temporary,
    ],
    {
      failing: `cannot create volume ${quote(volume.name, 200)}`,
      what: `volume ${quote(original.name, 200)}`,
      kind: 'clone',
      totalBytes: original.capacityBytes,
      renamed: [temporary, `${pool.path}/${volume.name}`],
      ...(signal && { signal }),
      ...(onProgress && { onProgress }),
    },
  )
}

/** A document may ask for more than the original has; less than it has it never gets. */
async function grow(original: FoundVolume, { pool, volume, temporary }: NewImage): Promise<void> {
  const { capacity = 0, target, name } = volume
  if (capacity <= original.capacityBytes) return
  const format = imageDriver(target.format ?? 'raw')
  await qemuImg(['resize', '-q', '-f', format, temporary, String(capacity)], {
    failing: `cannot create volume ${quote(name, 200)}`,
    what: `volume ${quote(name, 200)}`,
    renamed: [temporary, `${pool.path}/${name}`],
  })
}
