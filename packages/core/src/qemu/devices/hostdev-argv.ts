import { usbNode } from '../../domain/devices/usb-node.ts'
import type { Hostdev } from '../../domain/devices/hostdev.ts'
import { placeOptions, controllerAlias, offeredModel } from '../argv-context.ts'
import type { ArgvContext, Argument } from '../argv-context.ts'
import { jsonOption } from '../option-string.ts'
import { hostdevNode, hostdevSecrets, secretArguments } from './secret-argv.ts'
import type { Options } from '../option-string.ts'
import { pciText } from './block-source.ts'

/** Devices of the host. */
export function hostdevArguments(context: ArgvContext): Argument[] {
  return (context.domain.devices.hostdev ?? []).flatMap((one) => hostdev(context, one))
}

function hostdev(context: ArgvContext, one: Hostdev): Argument[] {
  const { driver } = offeredModel(context, 'hostdev', one)
  const { alias: id, bootOrder: bootindex } = one
  const address = placeOptions(one, context.domain)
  const device = (options: Options): Argument => ['-device', jsonOption(options)]
  switch (one.type) {
    case 'pci':
      return [
        device({
          driver,
          host: one.hostAddress?.kind === 'pci' ? pciText(one.hostAddress) : undefined,
          id,
          bootindex,
          failover_pair_id: one.teamingPersistent,
          ...address,
          ...romOptions(one),
        }),
      ]
    case 'usb':
      return [device({ driver, ...usbHost(one), id, bootindex, ...guestReset(one), ...address })]
    case 'mdev':
      return [
        device({
          // QEMU has a type of its own for one whose picture the firmware draws into.
          driver: one.ramfb === true ? `${driver}-nohotplug` : driver,
          id,
          sysfsdev:
            one.hostAddress?.kind === 'mdev'
              ? `/sys/bus/mdev/devices/${one.hostAddress.uuid}`
              : undefined,
          display: one.display,
          ramfb: one.ramfb === true ? true : undefined,
          bootindex,
          ...address,
        }),
      ]
    case 'scsi_host':
      return [
        device({
          driver,
          wwpn: one.wwpn,
          vhostfd: context.runtime.opensDevices === true ? undefined : '-1',
          id,
          ...address,
        }),
      ]
    case 'scsi':
      return scsi(context, one)
    default:
      return []
  }
}

/** `bar` and `file` of the card's own ROM. */
export function romOptions(one: {
  readonly romBar?: boolean
  readonly romEnabled?: boolean
  readonly romFile?: string
}): Options {
  return {
    rombar: one.romBar === undefined ? undefined : one.romBar ? 1 : 0,
    romfile: one.romEnabled === false ? '' : one.romFile,
  }
}

/** By its node, which a vendor's and product's numbers lead to only at start. */
function usbHost(one: Hostdev): Options {
  const { hostAddress: at, vendor, product } = one
  if (at?.kind === 'usb' && at.bus !== undefined && at.device !== undefined)
    return { hostdevice: usbNode(at.bus, at.device) }
  return { vendorid: vendor, productid: product }
}

function guestReset({ guestReset: reset }: Hostdev): Options {
  switch (reset) {
    case 'off':
      return { 'guest-reset': false }
    case 'on':
      return { 'guest-reset': true, 'guest-resets-all': true }
    case 'uninitialized':
      return { 'guest-reset': true, 'guest-resets-all': false }
    default:
      return {}
  }
}

/** A SCSI unit: its generic node as a block node, and a device that passes commands on. */
function scsi(context: ArgvContext, one: Hostdev): Argument[] {
  const { alias = '', address, bootOrder: bootindex } = one
  const node = hostdevNode(one)
  const place = address?.type === 'drive' ? address : undefined
  const { controller = 0, bus = 0, target = 0, unit = 0 } = place ?? {}
  const { driver } = offeredModel(context, 'hostdev', one)
  const source =
    one.protocol === 'iscsi'
      ? iscsiNode(one)
      : {
          driver: 'host_device',
          filename: context.runtime.scsiNodes?.[alias] ?? scsiName(one),
        }
  return [
    ...secretArguments(hostdevSecrets(one), context.runtime.paths.stateDir),
    ['-blockdev', jsonOption({ ...source, 'node-name': node, 'read-only': one.readonly })],
    [
      '-device',
      jsonOption({
        driver,
        bus: `${controllerAlias(context.domain, 'scsi', controller)}.0`,
        channel: bus,
        'scsi-id': target,
        lun: unit,
        'share-rw': one.shareable === true ? true : undefined,
        drive: node,
        id: alias,
        bootindex,
      }),
    ],
  ]
}

function iscsiNode(one: Hostdev): Options {
  const [, target = one.sourceName ?? '', lun = '0'] =
    /^(.*)\/(\d+)$/.exec(one.sourceName ?? '') ?? []
  const host = one.hosts?.[0]
  return {
    driver: 'iscsi',
    portal: `${host?.name ?? ''}:${host?.port ?? 3260}`,
    target,
    lun: Number(lun),
    transport: 'tcp',
    user: one.auth?.username,
    'password-secret': hostdevSecrets(one)[0]?.id,
    'initiator-name': one.initiator,
  }
}

/** The unit by its address, where its generic node is not looked up yet. */
function scsiName({ adapter = '', hostAddress: at }: Hostdev): string {
  if (at?.kind !== 'scsi') return ''
  return `/dev/${adapter.replace('scsi_host', 'sg')}:${at.bus}:${at.target}:${at.unit}`
}
