import { domainError } from '@polyvirt/core/driver'
import type { VolumeFormat } from '../documents/volume.ts'
import { chainProblem } from '../images/backing-chain.ts'
import type { PoolRooms } from '../pools/pool-rooms.ts'

/** An image that QEMU is about to open. */
export interface OpenedImage {
  readonly path: string
  readonly format: VolumeFormat
  /** For messages: `volume 'x'`. */
  readonly what: string
  /** The image below that a document named, wherever it is. */
  readonly backing?: string
}

/**
 * Refuses an image that would have QEMU open files which nobody but the image has named: those
 * below it are in active pools, or were named by the document it was made from.
 *
 * @throws DomainError `ERR_OPERATION_INVALID`.
 */
export async function refuseChain(rooms: PoolRooms, image: OpenedImage): Promise<void> {
  const named = new Set(image.backing === undefined ? [] : [image.backing])
  const problem = await chainProblem(image, {
    allows: (path) => named.has(path) || rooms.placeOf(path) !== undefined,
  })
  if (problem === undefined) return
  throw domainError('ERR_OPERATION_INVALID', `${image.what} is not opened: ${problem}`)
}
