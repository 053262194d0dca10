import { deviceKinds } from '../domain/devices.ts'
import { isUserAlias } from '../domain/devices/device-info.ts'
import type { DomainDraft } from './draft.ts'
import { devicesOf } from './draft.ts'
import type { DeviceDraft } from './draft.ts'
import { targetIndex } from './defaults/disks.ts'
import { isNarrowScsi } from '../qemu/devices/disk-argv.ts'
import type { PlanContext } from './plan-context.ts'
import type { ValidDomain } from './validate-domain.ts'

/**
 * Names every device as libvirt does (`net0`, `virtio-disk0`, `scsi0-0-0-1`): QEMU's ids, by which
 * events and commands speak of a device while the guest runs. A user's `ua-…` stays.
 */
export function assignAliases(domain: ValidDomain, context: PlanContext): ValidDomain {
  const draft = withOwnDevices(domain)
  const name = context.live === true ? nameNew : nameAny
  for (const controller of devicesOf(draft, 'controller')) {
    name(controller, controllerName(controller, context))
  }
  for (const disk of devicesOf(draft, 'disk')) name(disk, diskName(disk, draft))
  const counted = [
    ['serial', 'serial'],
    ['parallel', 'parallel'],
    ['console', 'console'],
    ['channel', 'channel'],
    ['input', 'input'],
    ['video', 'video'],
    ['sound', 'sound'],
    ['hub', 'hub'],
    ['watchdog', 'watchdog'],
    ['memballoon', 'balloon'],
    ['rng', 'rng'],
    ['nvram', 'nvram'],
    ['panic', 'panic'],
    ['filesystem', 'fs'],
    ['redirdev', 'redir'],
    ['smartcard', 'smartcard'],
    ['tpm', 'tpm'],
    ['shmem', 'shmem'],
    ['iommu', 'iommu'],
    ['vsock', 'vsock'],
    ['crypto', 'crypto'],
  ] as const
  const number = (prefix: string, devices: readonly (Named | undefined)[]): void => {
    const first = context.live === true ? nextNumber(devices, prefix) : undefined
    let given = 0
    for (const [i, device] of devices.entries())
      if (device === undefined) continue
      else if (first === undefined) name(device, `${prefix}${i}`)
      else if (device.alias === undefined) name(device, `${prefix}${first + given++}`)
  }
  // A card of the host counts among the devices of the host, before the others.
  const cards = devicesOf(draft, 'interface')
  const passed = cards.filter(({ type }) => type === 'hostdev')
  number(
    'net',
    cards.map((card) => (card.type === 'hostdev' ? undefined : card)),
  )
  number('hostdev', [...passed, ...devicesOf(draft, 'hostdev')])
  for (const [kind, prefix] of counted) number(prefix, devicesOf(draft, kind))
  nameMemory(devicesOf(draft, 'memory'), name)
  // The first console is the first serial port, so it has that one's name.
  const console = devicesOf(draft, 'console')[0]
  const serial = devicesOf(draft, 'serial')[0]
  if (console?.targetType === 'serial' && serial?.alias !== undefined) console.alias = serial.alias
  return draft as unknown as ValidDomain
}

/** The same domain with devices that may be named: a name is all that changes, and stands on the device itself. */
function withOwnDevices(domain: ValidDomain): DomainDraft {
  const devices: Record<string, unknown> = { ...domain.devices }
  for (const kind of deviceKinds) {
    const list: readonly object[] | undefined = domain.devices[kind]
    if (list !== undefined) devices[kind] = list.map((device) => ({ ...device }))
  }
  return { ...domain, devices } as unknown as DomainDraft
}

/** Removes the aliases that polyvirt gave out: a stored definition keeps only the user's. */
export function dropAliases(domain: DomainDraft): void {
  for (const list of Object.values(domain.devices)) {
    if (!Array.isArray(list)) continue
    for (const device of list as { alias?: string }[]) {
      if (!isUserAlias(device.alias)) delete device.alias
    }
  }
}

interface Named {
  alias?: string
}

function nameAny(device: Named, alias: string): void {
  if (!isUserAlias(device.alias)) device.alias = alias
}

/** Who runs already is known by its name. */
function nameNew(device: Named, alias: string): void {
  device.alias ??= alias
}

/** A number that no running device of the kind has, nor any before it had. */
function nextNumber(devices: readonly (Named | undefined)[], prefix: string): number {
  const numbers = devices.flatMap(({ alias = '' } = {}) =>
    alias.startsWith(prefix) && /^\d+$/.test(alias.slice(prefix.length))
      ? [Number(alias.slice(prefix.length))]
      : [],
  )
  return Math.max(-1, ...numbers) + 1
}

/** Memory is named after its model and its slot, since that is how it is unplugged again. */
function nameMemory(list: readonly DeviceDraft<'memory'>[], name: typeof nameAny): void {
  const counts = new Map<string, number>()
  for (const device of list) {
    const prefix = device.model.replace('-', '').replace('sgxepc', 'epc')
    const count = counts.get(prefix) ?? 0
    counts.set(prefix, count + 1)
    name(device, `${prefix}${device.address?.type === 'dimm' ? device.address.slot : count}`)
  }
}

function controllerName(controller: DeviceDraft<'controller'>, context: PlanContext): string {
  const { type, model, index = 0 } = controller
  switch (type) {
    case 'pci':
      if (index === 0 && context.profile.pci?.rootBus !== undefined)
        return context.profile.pci.rootBus
      return model === 'pcie-root' ? 'pcie.0' : `pci.${index}`
    case 'usb':
      // A companion has no id of its own in QEMU; libvirt shows its master's name.
      return index === 0 ? 'usb' : `usb${index}`
    case 'ide':
    case 'sata': {
      // The board's own controller has the name QEMU gave its bus.
      const builtIn = (context.profile.pci?.places ?? []).some(
        (spot) => spot.kind === 'controller' && spot.fixed === true && spot.where.type === type,
      )
      return builtIn && index === 0 ? 'ide' : `${type}${index}`
    }
    default:
      return `${type}${index}`
  }
}

function diskName(disk: DeviceDraft<'disk'>, domain: DomainDraft): string {
  const { bus = 'virtio', address } = disk
  if (address?.type !== 'drive') return `${bus}-disk${targetIndex(disk.target) ?? 0}`
  const { controller, bus: channel, target, unit } = address
  const narrow = bus !== 'scsi' || isNarrowScsi({ domain: domain as unknown as ValidDomain }, disk)
  return narrow
    ? `${bus}${controller}-${channel}-${unit}`
    : `${bus}${controller}-${channel}-${target}-${unit}`
}
