import type { DeviceModel, DeviceRow, DeviceRowName } from '@polyvirt/core/arch'
import type { PlacedDevice } from './placed-device.ts'
import type { Target } from './target.ts'

/** Which property names a device's model, by kind; the row is the kind itself unless it says more. */
const modelProperty: Readonly<Record<string, string>> = {
  disk: 'bus',
  controller: 'model',
  interface: 'model',
  serial: 'targetType',
  console: 'targetType',
  channel: 'targetType',
  sound: 'model',
  video: 'model',
  hub: 'type',
  watchdog: 'model',
  memballoon: 'model',
  rng: 'model',
  panic: 'model',
  hostdev: 'type',
  redirdev: 'bus',
  smartcard: 'mode',
}

/**
 * The allow-list's entry for a device, read independently of core, which is what is being checked.
 * The transitional forms of a virtio model go by the model's own entry; where a device may be attached
 * in several ways, its address says in which.
 */
export function deviceModel(placed: PlacedDevice, target: Target): DeviceModel | undefined {
  const { kind } = placed
  const rows = target.arch.devices as Readonly<Record<string, DeviceRow | undefined>>
  const row = rows[rowOf(placed)]
  if (row === undefined) return undefined
  const key = keyOf(placed)
  const base = key.replace(
    /^virtio-(non-)?transitional$/,
    kind === 'controller' ? 'virtio-scsi' : 'virtio',
  )
  const model = own(row, key) ?? own(row, base)
  if (model?.machines !== undefined && !model.machines.includes(target.profile.name))
    return undefined
  const { address } = placed
  if (address === undefined || address.type === model?.bus) return model
  const other = model?.others?.find(({ bus }) => bus === address.type)
  return other === undefined ? model : { ...model, ...other }
}

/** By which word a row knows a device. */
function keyOf({ kind, device }: PlacedDevice): string {
  const word = (name: string): string => {
    const value = device[name]
    return typeof value === 'string' ? value : ''
  }
  if (kind === 'input') return `${word('bus')}:${word('type')}`
  if (kind === 'graphics') return word('type')
  // Mediated devices of PCI go by their type alone.
  const isMediated = kind === 'hostdev' && word('type') === 'mdev'
  if (isMediated && word('model') !== 'vfio-pci') return `mdev:${word('model')}`
  const property = modelProperty[kind]
  return property === undefined ? kind : word(property)
}

export const rowOf = ({ kind, device }: PlacedDevice): DeviceRowName =>
  (kind === 'controller' ? `controller:${String(device['type'])}` : kind) as DeviceRowName

const own = (row: DeviceRow, key: string): DeviceModel | undefined =>
  Object.hasOwn(row.models, key) ? row.models[key] : undefined
