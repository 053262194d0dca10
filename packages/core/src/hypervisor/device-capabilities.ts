import type { DeviceRowName } from '../arch/device-allow-list.ts'
import { hypervFeatures } from '../domain/features.ts'
import type { MachineGrants } from '../arch/machine-builder.ts'
import { hasDriver, lookUp, offered } from '../plan/allow-list.ts'
import { capabilityName } from '../plan/machine-grants.ts'
import type { PlanContext } from '../plan/plan-context.ts'
import type { XmlWriter } from '../xml/writer.ts'
import { enumeration, supported } from './capability-elements.ts'

/** Keys of a row that this QEMU has. */
function usable(row: DeviceRowName, context: PlanContext): readonly string[] {
  return offered(row, context).filter((key) => {
    const model = lookUp(row, key, context)
    return key !== '' && hasDriver(model?.type ?? model?.driver, context)
  })
}

/** libvirt's order of its own words, so that answers can be laid side by side. */
function inOrder(values: readonly string[], order: readonly string[]): readonly string[] {
  return order.filter((value) => values.includes(value))
}

/** A virtio model and its two other forms, as far as this QEMU was built with them. */
function virtioForms(
  models: readonly string[],
  driver: string,
  context: PlanContext,
): readonly string[] {
  return models.flatMap((model) => [
    model,
    ...['transitional', 'non-transitional']
      .filter((form) => hasDriver(`${driver}-${form}`, context))
      .map((form) => `${model}-${form}`),
  ])
}

export function writeDevices(writer: XmlWriter, context: PlanContext): void {
  const buses = usable('disk', context)
  const disk = supported(writer, 'disk', buses.length > 0)
  enumeration(disk, 'diskDevice', [
    'disk',
    'cdrom',
    ...(buses.includes('fdc') ? ['floppy'] : []),
    'lun',
  ])
  enumeration(disk, 'bus', inOrder(buses, ['ide', 'fdc', 'scsi', 'virtio', 'usb', 'sata', 'sd']))
  const block = lookUp('disk', 'virtio', context)?.driver
  enumeration(disk, 'model', block === undefined ? [] : virtioForms(['virtio'], block, context))
  const graphics = inOrder(usable('graphics', context), [
    'sdl',
    'vnc',
    'spice',
    'egl-headless',
    'dbus',
  ])
  enumeration(supported(writer, 'graphics', graphics.length > 0), 'type', graphics)
  const video = inOrder(usable('video', context), [
    'vga',
    'cirrus',
    'vmvga',
    'qxl',
    'virtio',
    'none',
    'bochs',
    'ramfb',
  ])
  enumeration(supported(writer, 'video', video.length > 0), 'modelType', video)
  writeHostdev(writer, context)
  const rng = usable('rng', context)
  const rngElement = supported(writer, 'rng', rng.length > 0)
  const rngDriver = lookUp('rng', 'virtio', context)?.driver
  enumeration(
    rngElement,
    'model',
    rngDriver === undefined ? rng : virtioForms(rng, rngDriver, context),
  )
  enumeration(rngElement, 'backendModel', ['random', 'egd', 'builtin'])
  const shares = usable('filesystem', context)
  enumeration(
    supported(writer, 'filesystem', shares.length > 0),
    'driverType',
    inOrder(shares, ['path', 'handle', 'virtiofs']),
  )
  writeTpm(writer, context)
  const redirection = usable('redirdev', context)
  enumeration(supported(writer, 'redirdev', redirection.length > 0), 'bus', redirection)
  const channel = offered('channel', context)
  enumeration(
    supported(writer, 'channel', channel.length > 0),
    'type',
    channel.length > 0 ? ['pty', 'unix', 'spicevmc'] : [],
  )
}

function writeHostdev(writer: XmlWriter, context: PlanContext): void {
  const types = inOrder(usable('hostdev', context), ['usb', 'pci', 'scsi'])
  const element = supported(writer, 'hostdev', types.length > 0)
  if (types.length === 0) return
  enumeration(element, 'mode', ['subsystem'])
  enumeration(element, 'startupPolicy', ['default', 'mandatory', 'requisite', 'optional'])
  enumeration(element, 'subsysType', types)
  enumeration(element, 'capsType', [])
  // Which back ends work is the host's IOMMU's to say, and nobody asks it yet.
  enumeration(element, 'pciBackend', [])
}

function writeTpm(writer: XmlWriter, context: PlanContext): void {
  const models = usable('tpm', context)
  const element = supported(writer, 'tpm', models.length > 0)
  if (models.length === 0) return
  enumeration(element, 'model', models)
  enumeration(element, 'backendModel', ['passthrough', 'emulator', 'external'])
  enumeration(element, 'backendVersion', ['1.2', '2.0'])
}

export function writeFeatures(writer: XmlWriter, context: PlanContext): void {
  const has = (name: 'gicVersion' | 'vmcoreinfo' | 'hypervRelaxed'): boolean =>
    context.arch.features.supported[name] !== undefined
  const gic = supported(writer, 'gic', has('gicVersion'))
  const versions = context.arch.features.supported.gicVersion?.only?.values ?? []
  // `host` is a word of the document, and no version.
  const numbers = versions.map(String).filter((version) => version !== 'host')
  if (numbers.length > 0) enumeration(gic, 'version', numbers)
  supported(writer, 'vmcoreinfo', has('vmcoreinfo'))
  supported(writer, 'genid', hasDriver('vmgenid', context))
  supported(writer, 'backingStoreInput', true)
  supported(writer, 'backup', false)
  supported(writer, 'sev', false)
  supported(writer, 'sgx', false)
  if (!has('hypervRelaxed')) return
  const names = Object.keys(context.arch.features.supported)
  enumeration(
    supported(writer, 'hyperv', true),
    'features',
    hypervFeatures.filter((name) => names.includes(hypervKey(name))),
  )
}

/** `vendor_id` is `hypervVendorId` in the model. */
function hypervKey(name: string): string {
  return `hyperv${name.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())}`
}

/** libvirt has no words for these: levels of the machine's capabilities, weakest first. */
export function writeGrants(writer: XmlWriter, context: PlanContext, grants: MachineGrants): void {
  for (const { feature, property } of context.arch.machine.capabilities ?? []) {
    const grant = grants[property]
    if (grant === undefined) continue
    const element = supported(writer, capabilityName(feature), grant.granted.length > 0)
    if (grant.default !== undefined) element.attribute('default', grant.default)
    if (grant.granted.length > 0) enumeration(element, 'value', grant.granted)
  }
}
