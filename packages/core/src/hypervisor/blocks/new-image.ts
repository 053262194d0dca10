import type { Disk } from '../../domain/devices/disk.ts'
import { domainError, printable, quote } from '../../errors.ts'
import { imageNodes } from '../../qemu/devices/image-nodes.ts'
import { plugStep } from '../../qemu/monitor-steps.ts'
import type { MonitorStep } from '../../qemu/monitor-steps.ts'
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
  const { existsSync } = await import('node:fs')
  if (existsSync(file))
    throw domainError(
      'ERR_OPERATION_INVALID',
      `${quote(file, 200)} exists already; name another file, or reuse it (--reuse-external)`,
    )
  const { execa } = await import('execa')
  const result = await execa(
    'qemu-img',
    [
      'create',
      '-q',
      '-f',
      format,
      // The image below is in use: its size is known, so it need not be opened.
      ...(backing === undefined ? [] : ['-u', '-b', backing.file, '-F', backing.format]),
      file,
      String(sizeBytes),
    ],
    { reject: false, timeout: 60_000 },
  )
  if (result.exitCode === 0) return
  const why =
    result.code === 'ENOENT'
      ? 'qemu-img is not installed: apt-get install qemu-utils'
      : result.stderr.trim()
  throw domainError(
    'ERR_OPERATION_FAILED',
    `cannot make the image ${quote(file, 200)}: ${printable(why)}`,
  )
}

/** What opens a new image of a disk in QEMU, with nothing below it yet. */
export function openSteps(disk: Disk, image: ImageFile, index: number): readonly MonitorStep[] {
  const { backingStore: _, copyOnRead: __, ...rest } = disk
  const alone: Disk = {
    ...rest,
    type: 'file',
    format: image.format as NonNullable<Disk['format']>,
    source: { file: image.file, index },
  }
  return imageNodes(alone, index)
    .map(plugStep)
    .map((step) =>
      step.arguments['node-name'] === `libvirt-${index}-format` && image.format !== 'raw'
        ? { ...step, arguments: { ...step.arguments, backing: null } }
        : step,
    )
}
