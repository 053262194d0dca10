import type { Disk } from '../../domain/devices/disk.ts'
import {
  placeOptions,
  controllerAlias,
  driverName,
  offeredModel,
  virtioOptions,
} from '../argv-context.ts'
import type { ArgvContext, Argument } from '../argv-context.ts'
import { jsonOption } from '../option-string.ts'
import type { Options } from '../option-string.ts'
import { chardevArgument } from './chardev-argv.ts'
import { cacheOf, diskSecrets, imageNodes } from './image-nodes.ts'
import { secretArguments } from './secret-argv.ts'
import { nodeCredentials, tlsCredentials } from './tls-argv.ts'

/** The block nodes and the device of one disk. */
export function diskArguments(
  context: ArgvContext,
  disk: Disk,
  number: number | undefined,
): Argument[] {
  const args: Argument[] = []
  if (disk.type === 'vhostuser') return vhostUser(context, disk)
  if (number !== undefined) {
    const { stateDir } = context.runtime.paths
    args.push(...secretArguments(diskSecrets(disk, number), stateDir))
    if (disk.source?.protocol === 'nbd' && disk.source.tls === true)
      args.push(tlsCredentials(nodeCredentials(number), 'client'))
    args.push(...imageNodes(disk, number))
  }
  if (disk.bus === 'sd') return args
  args.push(['-device', jsonOption(diskDevice(context, disk, number))])
  return args
}

/** A disk that another process serves: a socket instead of block nodes. */
function vhostUser(context: ArgvContext, disk: Disk): Argument[] {
  const chardev = `chr-vu-${disk.alias ?? ''}`
  const { path, reconnectEnabled, reconnectTimeout } = disk.source ?? {}
  const source = {
    mode: 'connect' as const,
    ...(path !== undefined && { path }),
    ...(reconnectEnabled !== undefined && { reconnectEnabled }),
    ...(reconnectTimeout !== undefined && { reconnectTimeout }),
  }
  return [
    chardevArgument(chardev, { type: 'unix', sources: [source] }),
    [
      '-device',
      jsonOption({
        driver: 'vhost-user-blk-pci',
        ...virtioOptions(disk),
        ...placeOptions(disk, context.domain),
        chardev,
        id: disk.alias,
        bootindex: disk.bootOrder,
        'num-queues': disk.queues,
        'queue-size': disk.queueSize,
      }),
    ],
  ]
}

function writeCache(cache: Disk['cache']): string | undefined {
  if (cache === undefined || cache === 'default') return undefined
  return cache === 'writethrough' || cache === 'directsync' ? 'off' : 'on'
}

function diskDevice(context: ArgvContext, disk: Disk, number: number | undefined): Options {
  const model = offeredModel(context, 'disk', disk)
  const drive =
    number === undefined
      ? undefined
      : disk.copyOnRead === true
        ? `libvirt-CoR-${disk.target}`
        : `libvirt-${number}-format`
  const { errorPolicy } = disk
  // QEMU has no enospc for reads (block-backend): libvirt leaves reads to report then.
  const rerror = disk.rerrorPolicy ?? (errorPolicy === 'enospace' ? undefined : errorPolicy)
  return {
    ...frame(context, disk, driverName(model, disk.model)),
    'share-rw': disk.shareable === true ? true : undefined,
    drive,
    id: disk.alias,
    // A floppy's turn is its controller's to know.
    bootindex: disk.bus === 'fdc' ? undefined : disk.bootOrder,
    logical_block_size: disk.logicalBlockSize,
    physical_block_size: disk.physicalBlockSize,
    wwn: disk.wwn === undefined ? undefined : BigInt(`0x${disk.wwn.replace(/^0x/, '')}`),
    ...geometry(disk),
    rotation_rate: disk.rotationRate,
    vendor: disk.vendor,
    product: disk.product,
    ...(disk.bus === 'usb' && { removable: disk.removable ?? false }),
    // A LUN's cache is the device's own affair.
    'write-cache': disk.device === 'lun' ? undefined : writeCache(cacheOf(disk)),
    serial: disk.serial,
    werror: errorPolicy === 'enospace' ? 'enospc' : errorPolicy,
    rerror,
  }
}

function geometry({ geometry: chs, bus }: Disk): Options {
  if (chs === undefined) return {}
  const { cylinders: cyls, heads, sectors: secs, translation } = chs
  return { cyls, heads, secs, 'bios-chs-trans': bus === 'ide' ? translation : undefined }
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
      return { driver, ...placeOptions(disk, domain) }
    default:
      return {
        driver,
        iothread: disk.iothread === undefined ? undefined : `iothread${disk.iothread}`,
        ioeventfd: disk.ioeventfd,
        event_idx: disk.eventIdx,
        'num-queues': disk.queues,
        'queue-size': disk.queueSize,
        ...virtioOptions(disk),
        ...placeOptions(disk, domain),
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
