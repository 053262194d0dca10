import type { BackingStore, Disk } from '../../domain/devices/disk.ts'
import type { Domain } from '../../domain/domain.ts'
import { ownSource } from '../../qemu/devices/secret-argv.ts'

/** An image by its path and format. */
export interface ImageFile {
  readonly file: string
  readonly format: string
}

const pathOf = (store: Pick<BackingStore, 'source'>): string | undefined =>
  store.source?.file ?? store.source?.dev

/** The images of a disk as the document describes them, the one in use first. */
export function described(disk: Disk): readonly BackingStore[] {
  const { type, format } = disk
  const source = disk.source && ownSource(disk)
  const all: BackingStore[] = [
    {
      type,
      ...(source?.index !== undefined && { index: source.index }),
      ...(format && { format }),
      ...(source && { source }),
    },
  ]
  for (let at = disk.backingStore; at?.type !== undefined; at = at.backingStore) {
    const { backingStore: _, ...image } = at
    all.push(image)
  }
  return all
}

/** The disk with exactly these of its images, and a new one in place of what it does not describe. */
function withImages(disk: Disk, images: readonly BackingStore[]): Disk {
  const [top, ...below] = images
  let backingStore: BackingStore | undefined
  for (const image of below.toReversed())
    backingStore = { ...image, ...(backingStore && { backingStore }) }
  // What opens an image is said in its own source, so that it goes where the image goes.
  const { source: _, backingStore: __, format: ___, auth: ____, encryption: _____, ...rest } = disk
  return {
    ...rest,
    type: top?.type ?? disk.type,
    ...(top?.format && { format: top.format }),
    ...(top?.source && { source: withIndex(top.source, top.index) }),
    ...(backingStore && { backingStore }),
  }
}

function withIndex(
  source: NonNullable<Disk['source']>,
  index: number | undefined,
): NonNullable<Disk['source']> {
  return index === undefined ? source : { ...source, index }
}

function numbered(image: ImageFile, index: number | undefined): BackingStore {
  return {
    type: 'file',
    format: image.format as NonNullable<Disk['format']>,
    source: { file: image.file, ...(index !== undefined && { index }) },
  }
}

/** The disk on another image: one that it had below, or a new one that stands alone. */
export function switchedTo(disk: Disk, image: ImageFile, index?: number): Disk {
  const all = described(disk)
  const at = all.findIndex((one, i) => i > 0 && pathOf(one) === image.file)
  return withImages(disk, at === -1 ? [numbered(image, index)] : all.slice(at))
}

/** The disk on a new image above the one it had. */
export function stackedOn(disk: Disk, image: ImageFile, index?: number): Disk {
  return withImages(disk, [numbered(image, index), ...described(disk)])
}

/** The disk without the images between two of its own, or below one. */
export function shortened(disk: Disk, dropped: (file: string) => boolean): Disk {
  const [top, ...below] = described(disk)
  if (top === undefined) return disk
  return withImages(disk, [top, ...below.filter((one) => !dropped(pathOf(one) ?? ''))])
}

/** A domain with one of its disks changed; untouched where the disk is on another image by now. */
export function withDisk(
  domain: Domain,
  { target, file }: { readonly target: string; readonly file: string },
  change: (disk: Disk) => Disk,
): Domain {
  const disks = (domain.devices.disk ?? []).map((disk) =>
    disk.target === target && pathOf(disk) === file ? change(disk) : disk,
  )
  return { ...domain, devices: { ...domain.devices, disk: disks } }
}

/** A number that no image of the domain has. */
export function freeIndex(domain: Domain): number {
  const all = (domain.devices.disk ?? []).flatMap((disk) =>
    described(disk).map(({ index, source }) => Math.max(index ?? 0, source?.index ?? 0)),
  )
  return Math.max(0, ...all) + 1
}

/** A disk's image by its path. */
export function fileOf(disk: Disk): string | undefined {
  return pathOf(disk)
}

/** A domain with one image of a disk gone, whose content is in the one below; the same where it has none. */
export function withoutImage(
  domain: Domain,
  {
    target,
    file,
    into,
  }: { readonly target: string; readonly file: string; readonly into: ImageFile },
): Domain {
  const disks = domain.devices.disk ?? []
  const disk = disks.find((one) => one.target === target)
  const images = disk && described(disk)
  const at = images?.findIndex((one) => pathOf(one) === file) ?? -1
  if (disk === undefined || images === undefined || at === -1) return domain
  const below = images.slice(at + 1)
  const kept = [...images.slice(0, at), ...(at === 0 && below.length === 0 ? [] : below)]
  const after = withImages(disk, kept.length === 0 ? [numbered(into, undefined)] : kept)
  const list = disks.map((one) => (one === disk ? after : one))
  return { ...domain, devices: { ...domain.devices, disk: list } }
}
