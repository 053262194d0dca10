import { domainError, quote } from '@polyvirt/core/driver'
import type { FoundVolume } from './find-volume.ts'

/**
 * Only a file of the pool's own is written to: a link may lead anywhere, and whoever may write the
 * directory may put one there.
 *
 * @param done What would be done: `resized`, `wiped`.
 */
export function refuseOther({ name, type, link }: FoundVolume, done: string): void {
  const what = link ? 'a link' : type === 'dir' ? 'a directory' : undefined
  if (what === undefined) return
  const message = `volume ${quote(name, 200)} is ${what}, which cannot be ${done}`
  throw domainError('ERR_OPERATION_UNSUPPORTED', message)
}
