import { dirname, resolve } from 'node:path'
import { quote } from '@polyvirt/core/driver'
import type { VolumeFormat } from '../documents/volume.ts'
import { readImage } from './read-image.ts'

/** An image below another. */
export interface Below {
  readonly path: string
  /** As the image above says; nothing where it does not. */
  readonly format?: string
}

/** What may be asked of a chain: which files may be in it. */
export interface ChainRules {
  /** True for a file that may be read although the image itself names it. */
  readonly allows: (path: string) => boolean
}

/** QEMU's own limit is the number of open files; a chain of real use has a few. */
const maxChain = 64

/**
 * Follows an image to the last one below it.
 *
 * An image is data that somebody may have sent: what it names as the image below, QEMU opens and the
 * guest reads. So every step has to be allowed, and an image whose data are in files of their own
 * choice is refused whatever they are called.
 *
 * @returns What is wrong with it, or nothing.
 */
export async function chainProblem(
  image: { readonly path: string; readonly format: VolumeFormat },
  { allows }: ChainRules,
): Promise<string | undefined> {
  const seen = new Set<string>()
  let at: { path: string; format: string } = image
  for (;;) {
    if (seen.has(at.path)) return `its images go round in a circle at ${quote(at.path, 200)}`
    seen.add(at.path)
    if (seen.size > maxChain) return `there are more than ${maxChain} images below it`
    // What is taken as raw is bytes: nothing in it is a name.
    if (at.format === 'raw' || at.format === 'iso') return undefined
    const found = await readImage(at.path).catch(() => undefined)
    if (found?.header === undefined) return `${quote(at.path, 200)} below it cannot be read`
    const { header } = found
    if (header.format !== at.format) {
      return `${quote(at.path, 200)} is taken as ${at.format} and is ${header.format}`
    }
    if (header.external === true) {
      return `${quote(at.path, 200)} names other files that hold its data`
    }
    const below = belowOf(at.path, header)
    if (below === undefined) return undefined
    if (below === 'unreadable') return `what ${quote(at.path, 200)} names below it is no path`
    if (!allows(below.path)) {
      return `${quote(at.path, 200)} names ${quote(below.path, 200)} below it, which is outside of the pools`
    }
    at = { path: below.path, format: below.format ?? 'raw' }
  }
}

/** The image that a header names below its own. */
export function belowOf(
  path: string,
  header: { readonly backing?: string; readonly backingFormat?: string },
): Below | 'unreadable' | undefined {
  const { backing, backingFormat } = header
  if (backing === undefined) return undefined
  // `json:{…}`, `nbd://…`: QEMU takes for a protocol what has a colon before the first '/'.
  if (backing === '' || backing.includes('\0') || /^[^/]*:/.test(backing)) return 'unreadable'
  return {
    path: resolve(dirname(path), backing),
    ...(backingFormat !== undefined && { format: backingFormat }),
  }
}
