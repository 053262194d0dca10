import { runProgram } from '../../run/run-program.ts'
import type { ImageFile } from './switch-image.ts'

/** What qemu-img says of an image. */
export interface StoredImage {
  readonly 'virtual-size': number
  readonly 'actual-size'?: number
  /** States that are kept inside it. */
  readonly snapshots?: readonly { readonly name: string }[]
  readonly 'format-specific'?: {
    readonly data?: {
      readonly bitmaps?: readonly { readonly name: string; readonly flags: readonly string[] }[]
    }
  }
}

/**
 * Asks qemu-img about an image.
 *
 * @param isOpen whether a QEMU may have it open; what is said may then change at any moment.
 * @throws DomainError where qemu-img is missing or cannot read it, and says why.
 */
export async function imageInfo(
  { file, format }: Pick<ImageFile, 'file' | 'format'>,
  isOpen: boolean,
): Promise<StoredImage> {
  const share = isOpen ? ['--force-share'] : []
  const args = ['info', ...share, '--output=json', '-f', format, '--', file]
  const { stdout } = await runProgram('qemu-img', args, { install: 'apt-get install qemu-utils' })
  return JSON.parse(stdout) as StoredImage
}
