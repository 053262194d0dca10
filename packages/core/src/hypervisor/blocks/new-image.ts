import { constants } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import type { Disk } from '../../domain/devices/disk.ts'
import { domainError, quote } from '../../errors.ts'
import { imageNodes } from '../../qemu/devices/image-nodes.ts'
import { plugStep } from '../../qemu/monitor-steps.ts'
import type { MonitorStep } from '../../qemu/monitor-steps.ts'
import { runProgram } from '../../run/run-program.ts'
import { systemReason } from '../../run/system-reason.ts'
import type { ImageFile } from './switch-image.ts'

export interface NewImage extends ImageFile {
  readonly sizeBytes: number
  /** The image below it. */
  readonly backing?: ImageFile
}

/**
 * Makes an image with qemu-img; one that is there already is never overwritten.
 *
 * @throws DomainError where it cannot be made, and says why.
 */
export async function createImage({ file, format, sizeBytes, backing }: NewImage): Promise<void> {
  await using claimed = await claimName(file)
  // The image below is in use: its size is known, so it need not be opened.
  const below = backing === undefined ? [] : ['-u', '-b', backing.file, '-F', backing.format]
  try {
    await claimed.chmod(0o600)
    await runProgram(
      'qemu-img',
      ['create', '-q', '-f', format, ...below, '--', file, String(sizeBytes)],
      { timeoutMs: 60_000, install: 'apt-get install qemu-utils' },
    )
  } catch (error) {
    await rm(file, { force: true })
    throw error
  }
}

/** @throws DomainError for a name that is a file's already. */
export function refuseTaken(file: string): never {
  throw domainError(
    'ERR_OPERATION_INVALID',
    `${quote(file, 200)} exists already; name another file, or reuse it (--reuse-external)`,
  )
}

/** The file is made before the image: nobody else makes or reads it, whatever the umask. */
async function claimName(file: string): Promise<FileHandle> {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants
  try {
    return await open(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') refuseTaken(file)
    const message = `cannot make the image ${quote(file, 200)}: ${systemReason(cause)}`
    throw domainError('ERR_OPERATION_FAILED', message, { cause })
  }
}

export interface OpenedImage extends ImageFile {
  readonly type?: 'file' | 'block'
  /** The node below it; none where missing, whatever the image says. */
  readonly below?: string
}

/** Is what the guest writes to the disk encrypted by QEMU, or for it? */
export function isEncrypted({ source, encryption }: Disk): boolean {
  return (encryption ?? source?.encryption) !== undefined
}

/**
 * New images are plain ones: what the guest writes into an encrypted disk shall not land in one.
 *
 * @throws DomainError `ERR_CONFIG_UNSUPPORTED` for a disk that is encrypted.
 */
export function checkPlain(disk: Disk): void {
  if (!isEncrypted(disk)) return
  const { target } = disk
  throw domainError(
    'ERR_CONFIG_UNSUPPORTED',
    `${quote(target)} is encrypted, and a new image of it would not be; copy it with qemu-img while the guest is off`,
  )
}

/** What opens a new image of a disk in QEMU. */
export function openSteps(disk: Disk, image: OpenedImage, index: number): readonly MonitorStep[] {
  checkPlain(disk)
  const { backingStore: _, copyOnRead: __, auth: ___, ...rest } = disk
  const alone: Disk = {
    ...rest,
    type: image.type ?? 'file',
    format: image.format as NonNullable<Disk['format']>,
    source: image.type === 'block' ? { dev: image.file, index } : { file: image.file, index },
  }
  return imageNodes(alone, index)
    .map(plugStep)
    .map((step) =>
      step.arguments['node-name'] === `libvirt-${index}-format` && image.format !== 'raw'
        ? { ...step, arguments: { ...step.arguments, backing: image.below ?? null } }
        : step,
    )
}
