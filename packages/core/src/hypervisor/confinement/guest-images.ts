import { realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { BackingStore, Disk } from '../../domain/devices/disk.ts'
import type { Domain } from '../../domain/domain.ts'
import { DomainError, quote } from '../../errors.ts'
import type { Problem } from '../../errors.ts'
import { linkTarget, readImageLinks } from '../../run/read-backing.ts'
import type { ImageLinks } from '../../run/read-backing.ts'
import type { ImageUse } from '../../store/index.ts'
import type { ConnectionConfig } from './connection-config.ts'

/** An image that QEMU will open, and where the document asks for it. */
export interface GuestImage extends ImageUse {
  /** Path in the document. */
  readonly at: string
}

/** More images on top of each other than this are a mistake; QEMU takes seconds over them. */
const longestChain = 200

/**
 * Every image that QEMU opens for a domain: those that the document names, and those that stand in
 * their headers. The latter may lie beside the image that names them, or where the connection allows
 * it; elsewhere they could be any file of the host.
 *
 * @throws DomainError `ERR_CONFIG_UNSUPPORTED` with the chain, and the way out.
 */
export async function guestImages(
  { devices }: Domain,
  { backing = [] }: ConnectionConfig,
): Promise<readonly GuestImage[]> {
  const disks = devices.disk ?? []
  const named = new Set(disks.flatMap((disk) => diskPaths(disk)).map(realPath))
  const found: GuestImage[] = []
  for (const [i, disk] of disks.entries()) {
    const key = disk.type === 'volume' ? 'volume' : disk.source?.dev === undefined ? 'file' : 'dev'
    const at = `devices/disk[${i + 1}]/source/@${key}`
    const [top, ...below] = diskPaths(disk)
    if (top === undefined) continue
    const shared = disk.shareable === true
    const add = (path: string, writes: boolean): void => {
      const use = imageUse(path, { writes, shared })
      if (use !== undefined) found.push({ ...use, at })
    }
    add(top, disk.readonly !== true)
    for (const path of below) add(path, false)
    if (disk.backingStore !== undefined) continue
    const allowed = { named, folders: backing.map((one) => (one === '*' ? one : realPath(one))) }
    for (const path of await linkedImages(top, disk.format ?? 'raw', { at, allowed }))
      add(path, false)
  }
  return found
}

/** The paths that a disk's element names, top first. */
export function diskPaths({
  source,
  backingStore,
}: Pick<Disk, 'source' | 'backingStore'>): readonly string[] {
  const own = source?.file ?? source?.dev
  const below = (store: BackingStore | undefined): readonly string[] =>
    store === undefined ? [] : diskPaths(store)
  return [...(own === undefined ? [] : [own]), ...below(backingStore)]
}

interface Allowed {
  readonly named: ReadonlySet<string>
  readonly folders: readonly string[]
}

async function linkedImages(
  top: string,
  format: string,
  { at, allowed }: { readonly at: string; readonly allowed: Allowed },
): Promise<readonly string[]> {
  const chain = [top]
  const found: string[] = []
  const refuse = (message: string): never => {
    const shown = chain.map((one) => quote(one, 200)).join(' → ')
    const problem: Problem = {
      code: 'ERR_CONFIG_UNSUPPORTED',
      path: at,
      message: `${shown}: ${message}`,
    }
    throw new DomainError([problem])
  }
  let image = top
  let kind: string | undefined = format
  for (;;) {
    const links = await readImageLinks(image, kind).catch((): ImageLinks => ({}))
    for (const name of [links.dataFile, links.backing]) {
      if (name === undefined) continue
      const target = linkTarget(realPath(image), name)
      if (target === undefined) {
        chain.push(name)
        return refuse(
          `the image stands on ${quote(name, 200)}, which is no file; name it in <backingStore>`,
        )
      }
      const twice = chain.some((one) => realPath(one) === realPath(target))
      chain.push(target)
      if (twice) return refuse('the images stand on each other in a circle')
      if (chain.length > longestChain) {
        chain.splice(1)
        return refuse(
          `more than ${longestChain} images stand on each other: merge some (blockcommit)`,
        )
      }
      if (!mayOpen(image, target, allowed)) {
        const folder = quote(dirname(target), 200)
        return refuse(
          `the image stands on one in ${folder}, which the document does not name; name it in <backingStore>, or allow the folder (backing=${dirname(target)} in the URI or the configuration)`,
        )
      }
      found.push(target)
    }
    if (links.backing === undefined) return found
    image = chain.at(-1) ?? image
    // What stands below is looked at by its own first bytes.
    kind = undefined
  }
}

function mayOpen(image: string, target: string, { named, folders }: Allowed): boolean {
  const real = realPath(target)
  if (named.has(real) || folders.includes('*')) return true
  // A device beside a device is another disk of the host.
  const file = statOf(real)?.isFile() !== false
  if (file && dirname(real) === dirname(realPath(image))) return true
  return folders.some((folder) => real.startsWith(`${folder.replace(/\/$/, '')}/`))
}

function statOf(path: string): ReturnType<typeof statSync> {
  return statSync(path, { throwIfNoEntry: false })
}

/** A path without links, or as it is said where nothing is there. */
export function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

/** A use of a path, by what it is; nothing where there is nothing. */
export function imageUse(
  path: string,
  how: Pick<ImageUse, 'writes' | 'shared'>,
): ImageUse | undefined {
  try {
    const found = statSync(path, { bigint: true })
    const device = found.isBlockDevice() || found.isCharacterDevice()
    return {
      ...how,
      path,
      device: device ? `device ${found.rdev}` : String(found.dev),
      inode: device ? '' : String(found.ino),
    }
  } catch {
    return undefined
  }
}
