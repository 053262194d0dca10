import { open } from 'node:fs/promises'
import { runProgram } from '../../run/run-program.ts'

/** An area of an image, as `qemu-img map` tells of it. */
interface Area {
  /** How far below the image what it reads as lies; 0 for the image itself. */
  readonly depth: number
  readonly zero: boolean
  readonly data: boolean
  /** Missing before QEMU 6.1. */
  readonly present?: boolean
}

/** What a qcow2 file begins with: QEMU's docs/interop/qcow2.txt. */
const magic = Buffer.from('QFI\u00fb', 'latin1')

/**
 * Whether a new image that nobody has open holds anything itself. One above another does where a guest was on it and
 * wrote: then it must not go. A file that is no image, for whoever made it died, holds nothing.
 *
 * @throws DomainError where it is an image, and cannot be read.
 */
export async function holdsWrites(file: string): Promise<boolean> {
  if (!(await isImage(file))) return false
  const { stdout } = await runProgram('qemu-img', ['map', '--output=json', '-f', 'qcow2', file], {
    install: 'apt-get install qemu-utils',
  })
  const areas = JSON.parse(stdout) as readonly Area[]
  return areas.some(({ depth, zero, data, present = zero || data }) => depth === 0 && present)
}

async function isImage(file: string): Promise<boolean> {
  try {
    await using handle = await open(file, 'r')
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0)
    return bytesRead === 4 && buffer.equals(magic)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}
