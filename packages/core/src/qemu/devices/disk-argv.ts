import type { BackingStore, Disk } from '../../domain/devices/disk.ts'
import {
  addressOptions,
  controllerAlias,
  driverName,
  offeredModel,
  virtioOptions,
} from '../argv-context.ts'
import type { ArgvContext, Argument } from '../argv-context.ts'
import { jsonOption } from '../option-string.ts'
import type { Options } from '../option-string.ts'

/**
 * Numbers the images as libvirt does: from the last disk to the first, each image before those
 * below it. An empty drive takes a number too, for the image that it may get.
 */
export function numberImages(disks: readonly Disk[]): ReadonlyMap<Disk, number> {
  const numbers = new Map<Disk, number>()
  let next = 1
  for (const disk of disks.toReversed()) {
    if (!isEmpty(disk)) numbers.set(disk, next)
    next += 1 + chain(disk).length
  }
  return numbers
}

/** The images below a disk's own, top first. */
function chain(disk: Disk): readonly BackingStore[] {
  const below: BackingStore[] = []
  let store = disk.backingStore
  while (store?.type !== undefined) {
    below.push(store)
    store = store.backingStore
  }
  return below
}

function isEmpty(disk: Disk): boolean {
  return (
    disk.source?.file === undefined &&
    disk.source?.dev === undefined &&
    disk.source?.dir === undefined
  )
}

/** The block nodes and the device of one disk. */
export function diskArguments(
  context: ArgvContext,
  disk: Disk,
  number: number | undefined,
): Argument[] {
  const args: Argument[] = []
  if (number !== undefined) args.push(...imageNodes(disk, number))
  if (disk.bus === 'sd') return args
  args.push(['-device', jsonOption(diskDevice(context, disk, number))])
  return args
}

function imageNodes(disk: Disk, number: number): Argument[] {
  const below = chain(disk)
  const args: Argument[] = []
  const cache = cacheOptions(disk.cache)
  for (const [i, store] of below.toReversed().entries()) {
    const position = below.length - i
    const node = number + position
    const backing = position === below.length ? undefined : `libvirt-${node + 1}-format`
    args.push(
      storageNode(node, store.type ?? 'file', store.source ?? {}, disk, cache),
      formatNode(node, store.format ?? 'raw', true, disk, cache, backing),
    )
  }
  const readonly = disk.readonly === true
  // libvirt ends a chain that the document does not describe; an explicit end is said to QEMU.
  const closed = disk.backingStore !== undefined && below.length === 0 && canBack(disk.format)
  const backing = below.length > 0 ? `libvirt-${number + 1}-format` : closed ? null : undefined
  args.push(
    storageNode(number, disk.type, disk.source ?? {}, disk, cache),
    formatNode(number, disk.format ?? 'raw', readonly, disk, cache, backing),
  )
  return args
}

function canBack(format: string | undefined): boolean {
  return format === 'qcow2' || format === 'qed' || format === 'qcow' || format === 'vmdk'
}

function storageNode(
  node: number,
  type: string,
  source: { readonly file?: string; readonly dev?: string; readonly dir?: string },
  disk: Disk,
  cache: Options | undefined,
): Argument {
  const block = type === 'block'
  return [
    '-blockdev',
    jsonOption({
      driver: block ? 'host_device' : type === 'dir' ? 'vvfat' : 'file',
      filename: type === 'dir' ? undefined : block ? source.dev : source.file,
      dir: type === 'dir' ? source.dir : undefined,
      ...(type === 'dir' && { floppy: disk.device === 'floppy', rw: false }),
      aio: disk.io,
      'node-name': `libvirt-${node}-storage`,
      cache,
      'auto-read-only': true,
      discard: 'unmap',
    }),
  ]
}

function formatNode(
  node: number,
  format: string,
  readonly: boolean,
  disk: Disk,
  cache: Options | undefined,
  backing: string | null | undefined,
): Argument {
  const options = {
    'node-name': `libvirt-${node}-format`,
    'read-only': readonly,
    discard: disk.discard,
    'detect-zeroes': disk.detectZeroes,
    cache,
    driver: format === 'iso' ? 'raw' : format,
    file: `libvirt-${node}-storage`,
  }
  // `null` is meant: QEMU shall not look for a backing file in the image.
  return [
    '-blockdev',
    backing === null
      ? JSON.stringify({ ...options, backing })
      : jsonOption({ ...options, backing }),
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

function writeCache(cache: Disk['cache']): string | undefined {
  if (cache === undefined || cache === 'default') return undefined
  return cache === 'writethrough' || cache === 'directsync' ? 'off' : 'on'
}

function diskDevice(context: ArgvContext, disk: Disk, number: number | undefined): Options {
  const model = offeredModel(context, 'disk', disk)
  const drive = number === undefined ? undefined : `libvirt-${number}-format`
  const removable = disk.device === 'cdrom' || disk.device === 'floppy'
  const { errorPolicy } = disk
  // QEMU has no enospc for reads (block-backend): libvirt leaves reads to report then.
  const rerror = disk.rerrorPolicy ?? (errorPolicy === 'enospace' ? undefined : errorPolicy)
  return {
    ...frame(context, disk, driverName(model, disk.model)),
    'share-rw': disk.shareable === true && !removable ? true : undefined,
    drive,
    id: disk.alias,
    bootindex: disk.bootOrder,
    logical_block_size: disk.logicalBlockSize,
    physical_block_size: disk.physicalBlockSize,
    wwn: disk.wwn === undefined ? undefined : `0x${disk.wwn}`,
    rotation_rate: disk.rotationRate,
    vendor: disk.vendor,
    product: disk.product,
    ...(disk.bus === 'usb' && { removable: disk.removable ?? false }),
    'write-cache': removable && drive === undefined ? undefined : writeCache(disk.cache),
    serial: disk.serial,
    werror: errorPolicy === 'enospace' ? 'enospc' : errorPolicy,
    rerror,
  }
}

/** Driver and place by bus. */
function frame(context: ArgvContext, disk: Disk, driver: string): Options {
  const { domain } = context
  const { address } = disk
  switch (disk.bus) {
    case 'ide': {
      const bus = address?.type === 'drive' ? address.bus : 0
      const unit = address?.type === 'drive' ? address.unit : 0
      return { driver: ataDriver(disk), bus: `ide.${bus}`, unit }
    }
    case 'sata': {
      const controller = address?.type === 'drive' ? address.controller : 0
      const unit = address?.type === 'drive' ? address.unit : 0
      return {
        driver: ataDriver(disk),
        bus: `${controllerAlias(domain, 'sata', controller)}.${unit}`,
      }
    }
    case 'scsi':
      return scsiFrame(context, disk)
    case 'fdc':
      return { driver, unit: address?.type === 'drive' ? address.unit : 0 }
    case 'usb':
      return { driver, ...addressOptions(address, domain) }
    default:
      return {
        driver,
        iothread: disk.iothread === undefined ? undefined : `iothread${disk.iothread}`,
        ioeventfd: disk.ioeventfd,
        event_idx: disk.eventIdx,
        'num-queues': disk.queues,
        'queue-size': disk.queueSize,
        ...virtioOptions(disk),
        ...addressOptions(address, domain),
      }
  }
}

function ataDriver(disk: Disk): string {
  return disk.device === 'cdrom' ? 'ide-cd' : 'ide-hd'
}

/** Controllers whose bus has targets only: the unit is the SCSI id. */
const narrowModels: ReadonlySet<string> = new Set([
  'lsilogic',
  'buslogic',
  'ncr53c90',
  'dc390',
  'am53c974',
])

/** Does this disk's controller address units by target alone? */
export function isNarrowScsi(context: Pick<ArgvContext, 'domain'>, disk: Disk): boolean {
  const index = disk.address?.type === 'drive' ? disk.address.controller : 0
  const controller = context.domain.devices.controller?.find(
    (c) => c.type === 'scsi' && c.index === index,
  )
  return narrowModels.has(controller?.model ?? '')
}

function scsiFrame(context: ArgvContext, disk: Disk): Options {
  const address = disk.address?.type === 'drive' ? disk.address : undefined
  const { controller = 0, bus = 0, target = 0, unit = 0 } = address ?? {}
  const driver =
    disk.device === 'lun' ? 'scsi-block' : disk.device === 'cdrom' ? 'scsi-cd' : 'scsi-hd'
  const place = isNarrowScsi(context, disk)
    ? { 'scsi-id': unit }
    : { channel: bus, 'scsi-id': target, lun: unit }
  return {
    driver,
    bus: `${controllerAlias(context.domain, 'scsi', controller)}.0`,
    ...place,
    device_id: disk.device === 'lun' ? undefined : (disk.serial ?? `drive-${disk.alias ?? ''}`),
  }
}
