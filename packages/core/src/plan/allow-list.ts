import type { DeviceModel, DeviceRow, DeviceRowName } from '../arch/device-allow-list.ts'
import type { DeviceKind, DeviceOf } from '../domain/devices.ts'
import { hasDevice, isSince } from '../qemu/capabilities.ts'
import type { PlanContext } from './plan-context.ts'

/** Which row of the allow-list speaks for a device, and by which key. */
export interface RowKey {
  readonly row: DeviceRowName
  readonly key: string
  /** Attribute that says it, for messages: `model/@type`. */
  readonly path: string
  /** What it is called in messages: `video model`. */
  readonly what: string
}

type KeyOf = { readonly [K in DeviceKind]: (device: DeviceOf<K>) => RowKey | undefined }

/** How each kind of device names its model. `undefined` where nothing is to be looked up. */
const keyOf: KeyOf = {
  disk: (d) => ({ row: 'disk', key: d.bus ?? '', path: 'target/@bus', what: 'disk bus' }),
  controller: (c) => ({
    row: `controller:${c.type}`,
    key: c.model ?? '',
    path: '@model',
    what: `${c.type} controller model`,
  }),
  // A card of the host is what it is, and has no model.
  interface: (i) =>
    i.type === 'hostdev'
      ? { row: 'hostdev', key: 'pci', path: '@type', what: 'host device' }
      : {
          row: 'interface',
          key: i.model ?? '',
          path: 'model/@type',
          what: 'interface model',
        },
  serial: (s) => ({
    row: 'serial',
    key: s.targetType ?? '',
    path: 'target/@type',
    what: 'serial target type',
  }),
  parallel: () => ({ row: 'parallel', key: 'parallel', path: '', what: 'device' }),
  console: (c) => ({
    row: 'console',
    key: c.targetType ?? '',
    path: 'target/@type',
    what: 'console target type',
  }),
  channel: (c) => ({
    row: 'channel',
    key: c.targetType ?? '',
    path: 'target/@type',
    what: 'channel target type',
  }),
  input: (i) => ({
    row: 'input',
    key: `${i.bus ?? 'none'}:${i.type}`,
    path: '@bus',
    what: 'input',
  }),
  graphics: (g) => ({ row: 'graphics', key: g.type, path: '@type', what: 'graphics type' }),
  sound: (s) => ({ row: 'sound', key: s.model, path: '@model', what: 'sound model' }),
  audio: () => undefined,
  video: (v) => ({ row: 'video', key: v.model ?? '', path: 'model/@type', what: 'video model' }),
  hub: (h) => ({ row: 'hub', key: h.type, path: '@type', what: 'hub type' }),
  watchdog: (w) => ({ row: 'watchdog', key: w.model, path: '@model', what: 'watchdog model' }),
  memballoon: (m) => ({
    row: 'memballoon',
    key: m.model,
    path: '@model',
    what: 'memballoon model',
  }),
  rng: (r) => ({ row: 'rng', key: r.model, path: '@model', what: 'rng model' }),
  nvram: () => ({ row: 'nvram', key: 'nvram', path: '', what: 'device' }),
  panic: (p) => ({ row: 'panic', key: p.model ?? '', path: '@model', what: 'panic model' }),
  filesystem: (f) => ({
    row: 'filesystem',
    key: f.driverType ?? 'path',
    path: 'driver/@type',
    what: 'filesystem driver',
  }),
  hostdev: (h) => ({
    row: 'hostdev',
    key: h.mode === 'subsystem' ? hostdevKey(h) : h.mode,
    path: h.mode === 'subsystem' ? '@type' : '@mode',
    what: 'host device',
  }),
  redirdev: (r) => ({ row: 'redirdev', key: r.bus, path: '@bus', what: 'redirection bus' }),
  smartcard: (s) => ({ row: 'smartcard', key: s.mode, path: '@mode', what: 'smartcard mode' }),
  tpm: (t) => ({ row: 'tpm', key: t.model ?? '', path: '@model', what: 'TPM model' }),
  shmem: (s) => ({ row: 'shmem', key: s.model ?? '', path: 'model/@type', what: 'shmem model' }),
  memory: (m) => ({ row: 'memory', key: m.model, path: '@model', what: 'memory model' }),
  iommu: (i) => ({ row: 'iommu', key: i.model, path: '@model', what: 'IOMMU model' }),
  vsock: (v) => ({ row: 'vsock', key: v.model ?? '', path: '@model', what: 'vsock model' }),
  lease: () => undefined,
  crypto: (c) => ({ row: 'crypto', key: c.model, path: '@model', what: 'crypto model' }),
}

/** Mediated devices of other kinds are other devices, on other buses. */
function hostdevKey({ type, model }: DeviceOf<'hostdev'>): string {
  return type === 'mdev' && model !== undefined && model !== 'vfio-pci' ? `${type}:${model}` : type
}

/** Row and key of a device. */
export function rowKey<K extends DeviceKind>(kind: K, device: DeviceOf<K>): RowKey | undefined {
  return keyOf[kind](device)
}

const virtioVariant = /^virtio-(?:non-)?transitional$/

/**
 * The model as the architecture offers it on this machine, or nothing. The transitional forms of
 * a virtio model are in the list when the model itself is; a virtio-scsi controller writes them
 * without its name.
 */
export function modelOf<K extends DeviceKind>(
  kind: K,
  device: DeviceOf<K>,
  context: PlanContext,
): DeviceModel | undefined {
  return modelAt(rowKey(kind, device), device, context)
}

/** The same, where row and key of the device are known. */
export function modelAt(
  at: RowKey | undefined,
  device: object,
  context: PlanContext,
): DeviceModel | undefined {
  if (at === undefined) return { bus: 'none' }
  const model = inForm(lookUp(at.row, at.key, context), device)
  const { address } = device as { readonly address?: { readonly type: string } }
  if (address === undefined || address.type === model?.bus) return model
  const other = model?.others?.find(({ bus }) => bus === address.type)
  return other === undefined ? model : { ...model, ...other }
}

/** With the driver of the form that the device names, where the model has several. */
function inForm(
  model: DeviceModel | undefined,
  { targetModel }: { readonly targetModel?: string },
): DeviceModel | undefined {
  if (targetModel === undefined || model?.forms?.includes(targetModel) !== true) return model
  return { ...model, driver: targetModel }
}

/** One entry of a row, narrowed to this machine. */
export function lookUp(
  row: DeviceRowName,
  key: string,
  context: PlanContext,
): DeviceModel | undefined {
  const models = context.arch.devices[row]?.models
  if (models === undefined) return undefined
  const base = virtioVariant.test(key)
    ? row === 'controller:scsi'
      ? 'virtio-scsi'
      : 'virtio'
    : key
  const model = own(models, key) ?? own(models, base)
  if (model === undefined || !onMachine(model, context)) return undefined
  return model
}

function own(models: DeviceRow['models'], key: string): DeviceModel | undefined {
  return Object.hasOwn(models, key) ? models[key] : undefined
}

function onMachine(model: DeviceModel, context: PlanContext): boolean {
  return model.machines === undefined || model.machines.includes(context.profile.name)
}

/** Keys of a row that this machine offers, for the message that refuses another. */
export function offered(row: DeviceRowName, context: PlanContext): readonly string[] {
  return Object.entries(context.arch.devices[row]?.models ?? {})
    .filter(([, model]) => onMachine(model, context) && isSince(context.capabilities, model.since))
    .map(([key]) => key)
}

/** Model of a device that names none: the first of the row's defaults that this QEMU has. */
export function defaultModel(row: DeviceRowName, context: PlanContext): string | undefined {
  const found = context.arch.devices[row]
  if (found === undefined) return undefined
  const candidates = [...(found.defaultOn?.[context.profile.name] ?? []), ...(found.default ?? [])]
  const usable = candidates.filter((key) => {
    const model = lookUp(row, key, context)
    return model !== undefined && isSince(context.capabilities, model.since)
  })
  return usable.find((key) => hasDriver(typeOf(lookUp(row, key, context)), context)) ?? usable[0]
}

function typeOf(model: DeviceModel | undefined): string | undefined {
  return model?.type ?? model?.driver
}

/** Is the device type built into this QEMU? A model without a driver needs none. */
export function hasDriver(driver: string | undefined, context: PlanContext): boolean {
  return driver === undefined || hasDevice(context.capabilities, driver)
}

/** `-transitional`, `-non-transitional` or nothing, as QEMU appends it to a virtio driver. */
export function virtioSuffix(model: string | undefined): string {
  return virtioVariant.exec(model ?? '')?.[0].slice('virtio'.length) ?? ''
}
