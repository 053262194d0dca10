import { existsSync } from 'node:fs'
import type { Disk } from '../domain/devices/disk.ts'
import type { Domain } from '../domain/domain.ts'
import { DomainError, domainError, quote } from '../errors.ts'
import type { Problem } from '../errors.ts'
import { imageInfo } from './blocks/image-info.ts'
import { checkPlain, createImage } from './blocks/new-image.ts'
import { fileOf, stackedOn } from './blocks/switch-image.ts'
import type { ImageFile } from './blocks/switch-image.ts'
import type { Store } from '../store/index.ts'
import { removeRunFiles } from './run-remains.ts'

/** The image above a transient disk's own, which takes what is written in one run. */
export interface RunImage extends ImageFile {
  readonly below: ImageFile
}

/** A domain as it runs: its transient disks stand on images of the run. */
export interface OnRunImages<T extends Domain> {
  readonly domain: T
  readonly images: readonly RunImage[]
}

/**
 * Beside the disk's own image, as in libvirt. The run's id is what lets everybody remove those of a run that
 * is over, whatever runs by then.
 */
const nameOf = (file: string, { name }: Pick<Domain, 'name'>, id: number): string =>
  `${file}.TRANSIENT-${name}-${id}`

/**
 * Puts an image of the run above that of every transient disk. Nothing is made yet: {@link makeRunImages}.
 *
 * QEMU is started with both, so the disk's own image is only read, and guests may share it.
 *
 * @throws DomainError for an encrypted disk, or where a file of the name is there.
 */
export function onRunImages<T extends Domain>(domain: T, id: number): OnRunImages<T> {
  const { disk: disks } = domain.devices
  if (disks?.some(({ transient }) => transient) !== true) return { domain, images: [] }
  const images: RunImage[] = []
  const taken: Problem[] = []
  const disk = disks.map((one, i) => {
    const below = fileOf(one)
    if (one.transient !== true || below === undefined) return one
    checkPlain(one)
    const file = nameOf(below, domain, id)
    if (existsSync(file))
      taken.push({
        code: 'ERR_OPERATION_FAILED',
        path: `devices/disk[${i + 1}]/transient`,
        message: `${quote(file, 200)}, where the guest would write to, is there already; remove it where nothing uses it`,
      })
    images.push({ file, format: 'qcow2', below: { file: below, format: one.format ?? 'raw' } })
    return stackedOn(one, { file, format: 'qcow2' })
  })
  const [first, ...rest] = taken
  if (first !== undefined) throw new DomainError([first, ...rest])
  return { domain: { ...domain, devices: { ...domain.devices, disk } }, images }
}

/**
 * @returns the files.
 * @throws DomainError where one cannot be made; those before it are gone again.
 */
export async function makeRunImages(
  store: Store,
  images: readonly RunImage[],
): Promise<readonly string[]> {
  const made: string[] = []
  try {
    for (const { file, format, below } of images) {
      // Other guests may run on it.
      const { 'virtual-size': sizeBytes } = await imageInfo(below, true)
      await createImage({ file, format, sizeBytes, backing: below })
      made.push(file)
    }
    return made
  } catch (error) {
    removeRunFiles(store, made)
    throw error
  }
}

/** The images of a run in the definition that it runs with. */
export function runImagesIn(
  domain: Pick<Domain, 'name' | 'devices'>,
  id: number,
): readonly string[] {
  return (domain.devices.disk ?? []).flatMap((disk) => {
    const file = disk.transient === true ? fileOf(disk) : undefined
    // Only what has the name of one: another file would be a user's.
    return file?.endsWith(nameOf('', domain, id)) === true ? [file] : []
  })
}

/**
 * A guest that is taken up again must find its disks as it left them.
 *
 * @throws DomainError `ERR_OPERATION_INVALID` where it has one that forgets.
 */
export function refuseTransient({ devices }: Domain, what: string): void {
  const disk = devices.disk?.find(({ transient }) => transient)
  if (disk === undefined) return
  throw domainError(
    'ERR_OPERATION_INVALID',
    `${what} with transient disk is not supported: what was written to ${quote(disk.target)} goes with this run; shut the guest down, or detach the disk`,
  )
}

/** @throws DomainError `ERR_OPERATION_UNSUPPORTED` for a disk that forgets what is written to it. */
export function refuseTransientDisk({ transient, target }: Disk): void {
  if (transient !== true) return
  throw domainError(
    'ERR_OPERATION_UNSUPPORTED',
    `block jobs are not supported on transient disk ${quote(target)}: what is written to it goes with this run`,
  )
}
