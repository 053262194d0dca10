import type { BackingStore, Disk, DiskSource, DiskType } from '../../domain/devices/disk.ts'
import type { Argument } from '../argv-context.ts'
import { jsonOption } from '../option-string.ts'
import type { Options } from '../option-string.ts'
import { blockSource } from './block-source.ts'
import { imageSecrets, ownSource, secretIds } from './secret-argv.ts'
import type { NeededSecret } from './secret-argv.ts'

/**
 * Numbers the images as libvirt does: from the last disk to the first, each image before those
 * below it. An empty drive takes a number too, for the image that it may get.
 */
export function numberImages(disks: readonly Disk[]): ReadonlyMap<Disk, number> {
  const numbers = new Map<Disk, number>()
  // Images of a guest that runs have theirs; a new one gets a number that none of them has.
  let next = Math.max(0, ...disks.flatMap((disk) => givenNumbers(disk))) + 1
  for (const disk of disks.toReversed()) {
    const given = disk.source?.index
    if (given !== undefined) {
      numbers.set(disk, given)
      continue
    }
    if (!isEmpty(disk)) numbers.set(disk, next)
    next += 1 + chain(disk).length
  }
  return numbers
}

function givenNumbers(disk: Disk): readonly number[] {
  return [disk.source?.index, ...chain(disk).map(({ index }) => index)].filter(
    (index) => index !== undefined,
  )
}

/** The disk with the numbers of its images written down, for the definition of a guest that runs. */
export function withNumbers(disk: Disk, number: number | undefined): Disk {
  if (number === undefined || disk.source === undefined) return disk
  const below = (store: BackingStore | undefined, index: number): BackingStore | undefined => {
    if (store?.type === undefined) return store
    const next = below(store.backingStore, index + 1)
    return { ...store, index: store.index ?? index, ...(next && { backingStore: next }) }
  }
  const backingStore = canBack(disk.format) ? below(disk.backingStore, number + 1) : undefined
  return {
    ...disk,
    source: { ...disk.source, index: number },
    ...(backingStore && { backingStore }),
  }
}

/** The images below a disk's own, top first. */
function chain(disk: Disk): readonly BackingStore[] {
  const below: BackingStore[] = []
  // A raw image has nothing below it, whatever a document says.
  let store = canBack(disk.format) ? disk.backingStore : undefined
  while (store?.type !== undefined) {
    below.push(store)
    store = store.backingStore
  }
  return below
}

/** A drive without a medium. */
export function isEmpty({ type, source }: Disk): boolean {
  switch (type) {
    case 'file':
      return source?.file === undefined
    case 'block':
      return source?.dev === undefined
    case 'dir':
      return source?.dir === undefined
    default:
      return source === undefined
  }
}

/** The block nodes of a disk's image and of those below it. */
export function imageNodes(disk: Disk, number: number): Argument[] {
  const below = chain(disk)
  const numbers = [number, ...below.map(({ index }, i) => index ?? number + i + 1)]
  const args: Argument[] = []
  const cache = cacheOptions(cacheOf(disk))
  for (const [i, store] of below.toReversed().entries()) {
    const position = below.length - i
    const node = numbers[position] ?? number + position
    const ended = store.backingStore !== undefined && canBack(store.format) ? null : undefined
    const backing =
      position === below.length ? ended : `libvirt-${numbers[position + 1] ?? node + 1}-format`
    args.push(
      storageNode(node, store.type ?? 'file', store.source ?? {}, disk, cache),
      ...sliceNode(node, store.source ?? {}, store.format),
      formatNode(
        {
          node,
          format: store.format ?? 'raw',
          readonly: true,
          source: store.source ?? {},
          backing,
          keySecret: keySecret(node, store.source),
          cacheBytes: store.metadataCacheBytes,
        },
        disk,
        cache,
      ),
    )
  }
  const readonly = disk.readonly === true
  // libvirt ends a chain that the document does not describe; an explicit end is said to QEMU.
  const closed = disk.backingStore !== undefined && below.length === 0 && canBack(disk.format)
  const backing =
    below.length > 0 ? `libvirt-${numbers[1] ?? number + 1}-format` : closed ? null : undefined
  const own = ownSource(disk)
  args.push(
    storageNode(number, disk.type, own, disk, cache),
    ...sliceNode(number, own, disk.format),
    formatNode(
      {
        node: number,
        format: disk.format ?? 'raw',
        readonly,
        source: own,
        backing,
        keySecret: keySecret(number, own),
        cacheBytes: disk.metadataCacheBytes,
      },
      disk,
      cache,
    ),
    ...copyOnRead(disk, number),
  )
  return args
}

/** The object that opens an image of this kind. */
function keySecret(node: number, source: DiskSource | undefined): string | undefined {
  const encryption = source?.encryption
  if (encryption === undefined || encryption.engine === 'librbd') return undefined
  return secretIds.encryption(`libvirt-${node}-format`)
}

/** What QEMU needs to open a disk's image and those below it; the lowest first, as they are opened. */
export function diskSecrets(disk: Disk, number: number): NeededSecret[] {
  const below = chain(disk).map((store, i) => ({
    node: store.index ?? number + i + 1,
    source: store.source ?? {},
    path: `${'backingStore/'.repeat(i + 1)}source`,
  }))
  const own = {
    node: number,
    source: ownSource(disk),
    path: 'source',
    beside: {
      ...(disk.auth && { auth: '' }),
      ...(disk.encryption && { encryption: '' }),
    },
  }
  return [...below.toReversed(), own].flatMap(imageSecrets)
}

function canBack(format: string | undefined): boolean {
  return format === 'qcow2' || format === 'qed' || format === 'qcow' || format === 'vmdk'
}

function storageNode(
  node: number,
  type: DiskType,
  source: DiskSource,
  disk: Disk,
  cache: Options | undefined,
): Argument {
  return [
    '-blockdev',
    jsonOption({
      ...blockSource({ type, source, disk, node }),
      'node-name': `libvirt-${node}-storage`,
      cache,
      'auto-read-only': true,
      discard: 'unmap',
    }),
  ]
}

/**
 * The window of a file that is the image: raw images take it themselves, others get a node between
 * the file and the format.
 */
function sliceOf(source: DiskSource): Options {
  const slice = source.slices?.find((one) => one.type === 'storage')
  return slice === undefined ? {} : { offset: slice.offset, size: slice.size }
}

function sliceNode(node: number, source: DiskSource, format = 'raw'): Argument[] {
  const slice = sliceOf(source)
  if (format === 'raw' || slice.size === undefined) return []
  return [
    [
      '-blockdev',
      jsonOption({
        driver: 'raw',
        'node-name': sliceName(node),
        ...slice,
        file: `libvirt-${node}-storage`,
        'auto-read-only': true,
        discard: 'unmap',
      }),
    ],
  ]
}

function sliceName(node: number): string {
  return `libvirt-${node}-slice-sto`
}

interface FormatNode {
  readonly node: number
  readonly format: string
  readonly readonly: boolean
  readonly source: DiskSource
  readonly backing: string | null | undefined
  /** The id of the object that opens an encrypted image. */
  readonly keySecret?: string | undefined
  /** For the tables of a qcow2. */
  readonly cacheBytes?: number | undefined
}

function formatNode(
  { node, format, readonly, source, backing, keySecret, cacheBytes }: FormatNode,
  disk: Disk,
  cache: Options | undefined,
): Argument {
  const slice = sliceOf(source)
  // A folder is made into a FAT of raw bytes.
  const raw = format === 'raw' || format === 'iso' || format === 'fat'
  const sliced = !raw && slice.size !== undefined
  const options = {
    'node-name': `libvirt-${node}-format`,
    'read-only': readonly,
    discard: disk.discard,
    // What may not be given back is only found to be zero.
    'detect-zeroes':
      disk.detectZeroes === 'unmap' && disk.discard !== 'unmap' ? 'on' : disk.detectZeroes,
    cache,
    driver: keySecret !== undefined && raw ? 'luks' : raw ? 'raw' : format,
    'key-secret': keySecret !== undefined && raw ? keySecret : undefined,
    encrypt:
      keySecret !== undefined && !raw ? { format: 'luks', 'key-secret': keySecret } : undefined,
    'cache-size': cacheBytes,
    ...(raw && slice),
    file: sliced ? sliceName(node) : `libvirt-${node}-storage`,
  }
  // `null` is meant: QEMU shall not look for a backing file in the image.
  return [
    '-blockdev',
    backing === null
      ? JSON.stringify({ ...options, backing })
      : jsonOption({ ...options, backing }),
  ]
}

/** Reads fill the image from below: a node above its format that does so. */
function copyOnRead(disk: Disk, number: number): Argument[] {
  if (disk.copyOnRead !== true) return []
  return [
    [
      '-blockdev',
      jsonOption({
        driver: 'copy-on-read',
        'node-name': `libvirt-CoR-${disk.target}`,
        file: `libvirt-${number}-format`,
        discard: disk.discard ?? 'unmap',
      }),
    ],
  ]
}

/** `direct` bypasses the host's cache, `no-flush` ignores the guest's flushes. */
function cacheOptions(cache: Disk['cache']): Options | undefined {
  switch (cache) {
    case 'none':
    case 'directsync':
      return { direct: true, 'no-flush': false }
    case 'writethrough':
    case 'writeback':
      return { direct: false, 'no-flush': false }
    case 'unsafe':
      return { direct: false, 'no-flush': true }
    default:
      return undefined
  }
}

/** A disk that several guests write to may not be cached by one host. */
export function cacheOf(disk: Disk): Disk['cache'] {
  const shared = disk.shareable === true && disk.readonly !== true
  return disk.cache ?? (shared ? 'none' : undefined)
}
