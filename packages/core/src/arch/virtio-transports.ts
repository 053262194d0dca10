import type { Domain } from '../domain/domain.ts'
import type { DeviceAllowList, DeviceModel, DeviceRow } from './device-allow-list.ts'
import type { Effects } from './effects.ts'
import type { RuleContext } from './machine-builder.ts'

/** A virtio device has one driver per transport, which differ by their last word. */
const pciForm = /^((?:virtio|vhost)-[a-z0-9-]+)-pci$/

/** Drivers of the board's own transport that are not called `…-device`. */
const mmioForms: Readonly<Record<string, string | undefined>> = { 'vhost-scsi': 'vhost-scsi' }

type Change = (model: DeviceModel, name: string) => DeviceModel

/**
 * Rows whose virtio devices may also be on the board's own virtio transport, where a document says so
 * (`<address type='virtio-mmio'/>`): for boards that have such a transport beside PCI.
 */
export function alsoOnMmio(rows: DeviceAllowList): DeviceAllowList {
  return changed(rows, (model, name) => ({
    ...model,
    others: [
      ...(model.others ?? []),
      { driver: mmioForms[name] ?? `${name}-device`, bus: 'virtio-mmio' },
    ],
  }))
}

/**
 * Rows whose virtio devices are channel devices, and PCI devices only where a document gives them a
 * slot: for machines of a channel subsystem.
 */
export function onChannels(rows: DeviceAllowList): DeviceAllowList {
  return changed(rows, (model, name) => ({
    ...model,
    driver: `${name}-ccw`,
    bus: 'ccw',
    others: [...(model.others ?? []), { driver: `${name}-pci`, bus: 'pci' }],
  }))
}

function changed(rows: DeviceAllowList, change: Change): DeviceAllowList {
  const inModel = (model: DeviceModel): DeviceModel => {
    const name = model.bus === 'pci' ? pciForm.exec(model.driver ?? '')?.[1] : undefined
    return name === undefined ? model : change(model, name)
  }
  const inRow = (row: DeviceRow): DeviceRow => ({
    ...row,
    models: mapValues(row.models, inModel),
  })
  return mapValues(rows as Readonly<Record<string, DeviceRow>>, inRow)
}

function mapValues<T>(
  record: Readonly<Record<string, T>>,
  change: (value: T) => T,
): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
}

/**
 * Gives the board's own virtio transports version 1 where a device is on one that Linux drives by no older
 * version: it has no driver for others (virtio_input, virtio-gpu, virtio_crypto). QEMU's transports are those
 * of the draft before it unless told (hw/virtio/virtio-mmio.c), all of them or none.
 */
export function transportVersion({ domain, profile }: RuleContext): Effects {
  const isOnOne = ({ address }: Placed): boolean =>
    address === undefined ? profile.pci === undefined : address.type === 'virtio-mmio'
  return newerDevices(domain).some(isOnOne) ? { global: ['virtio-mmio.force-legacy=off'] } : {}
}

interface Placed {
  readonly address?: { readonly type: string }
}

const newerDevices = ({ devices }: Domain): readonly Placed[] => [
  ...(devices.input ?? []).filter(({ bus }) => bus === 'virtio'),
  ...(devices.video ?? []).filter(({ model }) => model === 'virtio'),
  ...(devices.crypto ?? []),
]
