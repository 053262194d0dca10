import type { Disk } from '../../domain/devices/disk.ts'
import type { Domain } from '../../domain/domain.ts'
import { linkTarget, readImageLinks } from '../../run/read-backing.ts'
import type { ImageLinks } from '../../run/read-backing.ts'
import type { Store } from '../../store/index.ts'
import { parseDomain } from '../../xml/parse-domain.ts'
import { diskPaths, realPath } from '../confinement/guest-images.ts'
import { removeRunFiles } from '../run-remains.ts'
import { readSnapshot } from './image-chains.ts'
import { overlayName } from './snapshot-parts.ts'

/** Stands in no name that a user gives by chance: what has it is removed without being asked for. */
const mark = '.REVERT-'
const ending = /^[^/]+\.REVERT-[0-9a-f]{8}$/

/** The name of the image that a way back puts above one that a snapshot keeps: no two are the same. */
export function wayBackName(disk: Disk, name: string, token: string): string {
  return overlayName(disk, `${name}${mark}${token.slice(0, 8)}`)
}

/** Has an image the name that a way back gives to what it puts above another? */
function isOfWayBack(file: string, below: string): boolean {
  const stem = overlayName({ source: { file: below } } as Disk, '')
  return file.startsWith(stem) && ending.test(file.slice(stem.length))
}

/**
 * Images that ways back have put on top of a domain's disks. What stands on them, if anything, is somebody
 * else's to remove, and so are they then.
 */
export function wayBackImages({ devices }: Pick<Domain, 'devices'>): readonly string[] {
  return (devices.disk ?? []).flatMap((disk) => {
    const chain = diskPaths(disk)
    const end = chain.findIndex((file, i) => !isOfWayBack(file, chain[i + 1] ?? ''))
    return chain.slice(0, end)
  })
}

/**
 * Removes those of them that nothing is on any more: no domain, no snapshot, and no image of one. What the
 * guest wrote there was given up with the next way back. Where any document cannot be read, all of them stay.
 */
export async function removeAbandoned(store: Store, files: readonly string[]): Promise<void> {
  if (files.length === 0) return
  const used = await usedImages(store).catch(() => undefined)
  if (used === undefined) return
  removeRunFiles(
    store,
    files.filter((file) => !used.has(realPath(file))),
  )
}

/** Every image that something known stands on. */
async function usedImages(store: Store): Promise<ReadonlySet<string>> {
  const used = new Set<string>()
  for (const { domain, active } of store.list()) {
    for (const xml of [domain.xml, active?.xml]) {
      if (xml === undefined) continue
      for (const disk of parseDomain(xml).domain.devices.disk ?? []) await addChain(used, disk)
    }
    for (const { disks, kept } of store.snapshots(domain.uuid).map(readSnapshot)) {
      for (const disk of disks) await addChain(used, disk)
      for (const { file } of kept.disks) if (file !== undefined) used.add(realPath(file))
    }
  }
  return used
}

/** What a document says of a disk, and what its images say themselves. */
async function addChain(used: Set<string>, disk: Disk): Promise<void> {
  for (const path of diskPaths(disk)) {
    let image: string | undefined = path
    while (image !== undefined && !used.has(realPath(image))) {
      used.add(realPath(image))
      const links: ImageLinks = await readImageLinks(image).catch(() => ({}))
      image = links.backing === undefined ? undefined : linkTarget(realPath(image), links.backing)
    }
  }
}
