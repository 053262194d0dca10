import { fill, noteDevice, settle } from './defaulting.ts'
import type { Defaulting } from './defaulting.ts'
import { defaultModel } from '../allow-list.ts'
import { deviceListOf, devicesOf } from '../draft.ts'
import type { DeviceDraft, DomainDraft } from '../draft.ts'
import type { ControllerType } from '../../domain/devices/controller.ts'

type Controller = DeviceDraft<'controller'>

/**
 * Puts a controller where libvirt would: among its own type by index, else behind everything.
 * Returns its position.
 */
export function insertController(domain: DomainDraft, controller: Controller): number {
  const list = deviceListOf(domain, 'controller')
  let at = -1
  for (let i = list.length - 1; i >= 0; i--) {
    const current = list[i]
    if (current === undefined || current.type !== controller.type) continue
    if (controller.index === undefined || current.index === undefined) {
      at = Math.max(at, i + 1)
      break
    }
    if (controller.index > current.index) {
      at = i + 1
      break
    }
    at = controller.index === current.index ? i + 1 : i
    if (controller.index === current.index) break
  }
  if (at === -1) at = list.length
  list.splice(at, 0, controller)
  return at
}

/**
 * Puts a controller that polyvirt adds behind all others, as libvirt does; before those of its type
 * that have a higher index, so that a stored definition is in order and stays so.
 */
export function appendController(domain: DomainDraft, controller: Controller): number {
  const list = deviceListOf(domain, 'controller')
  const higher = list.some(
    (one) => one.type === controller.type && (one.index ?? 0) > (controller.index ?? 0),
  )
  return higher ? insertController(domain, controller) : list.push(controller) - 1
}

/** Orders the document's controllers as libvirt does when it reads them. */
export function sortControllers(domain: DomainDraft): void {
  if (isSorted(devicesOf(domain, 'controller'))) return
  for (const controller of deviceListOf(domain, 'controller').splice(0))
    insertController(domain, controller)
}

/** Is every type's order that of its indexes already? Then a definition stays as it was stored. */
function isSorted(list: readonly Controller[]): boolean {
  const last = new Map<string, number>()
  return list.every(({ type, index }) => {
    const before = last.get(type) ?? 0
    if (index === undefined || index < before) return false
    last.set(type, index)
    return true
  })
}

/** First ports of the EHCI that its companions serve, two each (ICH9 datasheet, chapter 5.20). */
const companionPorts: Readonly<Record<string, number | undefined>> = {
  'ich9-uhci1': 0,
  'ich9-uhci2': 2,
  'ich9-uhci3': 4,
}
const grouped: readonly string[] = ['ich9-ehci1', ...Object.keys(companionPorts)]

/**
 * An EHCI and its companions that stand together share an index: that of the one before, where it
 * has no such model yet.
 */
function indexOfGroup(list: readonly Controller[], at: number): number | undefined {
  const [before, one] = [list[at - 1], list[at]]
  const ofGroup = (c: Controller | undefined): boolean =>
    c?.type === 'usb' && grouped.includes(c.model ?? '')
  if (!ofGroup(one) || !ofGroup(before)) return undefined
  const index = before?.index
  return list.some((c) => c.type === 'usb' && c.index === index && c.model === one?.model)
    ? undefined
    : index
}

/** Gives every controller without an index the lowest free one of its type. */
export function numberControllers(d: Defaulting): void {
  const list = devicesOf(d.domain, 'controller')
  const why = { rule: 'controller/index', reason: 'the lowest free index of its type' }
  const taken = new Set(list.map((c) => `${c.type} ${c.index ?? ''}`))
  const lowest = new Map<string, number>()
  for (const [i, controller] of list.entries()) {
    if (controller.index !== undefined) continue
    const shared = indexOfGroup(list, i)
    if (shared !== undefined) {
      fill(d, 'controller', controller, 'index', shared, why)
      continue
    }
    // 0 is the root, whether the document speaks of it or not.
    const first = controller.type === 'pci' && !/^pcie?-root$/.test(controller.model ?? '') ? 1 : 0
    let index = Math.max(first, lowest.get(`${controller.type} ${first}`) ?? 0)
    while (taken.has(`${controller.type} ${index}`)) index++
    taken.add(`${controller.type} ${index}`)
    lowest.set(`${controller.type} ${first}`, index + 1)
    fill(d, 'controller', controller, 'index', index, why)
  }
}

/** What a controller of PCI alone says of itself; libvirt forgets it of others. */
const pciWords = [
  'modelName',
  'pcihole64KiB',
  'chassisNr',
  'chassis',
  'port',
  'busNr',
  'targetIndex',
  'hotplug',
  'numaNode',
] as const

/** Controllers with a number of ports that can be said. */
const hasPorts: readonly ControllerType[] = ['usb', 'virtio-serial']

/** A model for every controller whose type has several. */
export function defaultControllerModels(d: Defaulting): void {
  for (const controller of devicesOf(d.domain, 'controller')) {
    const row = `controller:${controller.type}` as const
    if (controller.model === 'auto') delete controller.model
    // No controller has no place.
    if (controller.type === 'usb' && controller.model === 'none') delete controller.address
    if (controller.type !== 'virtio-serial') delete controller.vectors
    if (controller.type !== 'xenbus') delete controller.maxGrantFrames
    if (!hasPorts.includes(controller.type)) delete controller.ports
    if (controller.type !== 'pci') for (const word of pciWords) delete controller[word]
    if (controller.type === 'usb')
      fill(d, 'controller', controller, 'masterStartport', companionPorts[controller.model ?? ''], {
        rule: 'controller/companion',
        reason: 'the ports that this companion of the ICH9 serves',
      })
    const model = defaultModel(row, d.context)
    if (model === undefined || model === '') continue
    fill(d, 'controller', controller, 'model', model, {
      rule: `devices/${row}/default`,
      reason: `the architecture's ${controller.type} controller where no model is named`,
      arch: true,
    })
  }
}

/** Adds the controllers that disks and channels need. */
export function addNeededControllers(d: Defaulting): void {
  const { domain } = d
  for (const type of ['scsi', 'fdc', 'ide', 'sata'] as const) {
    let highest = -1
    for (const disk of devicesOf(domain, 'disk')) {
      if (disk.bus !== type || disk.address?.type !== 'drive') continue
      highest = Math.max(highest, disk.address.controller)
    }
    for (let index = 0; index <= highest && index < 1024; index++) {
      need(d, type, index, `a ${type} disk is plugged into it`)
    }
  }
  addVirtioSerial(d)
  placeHostUnits(d)
  const cards = devicesOf(domain, 'smartcard')
  const readers = cards.map((card, i) => readerOf(card) ?? i)
  for (let index = 0; index <= Math.max(-1, ...readers) && index < 256; index++) {
    need(d, 'ccid', index, 'a smart card sits in it')
  }
}

function readerOf({ address }: DeviceDraft<'smartcard'>): number | undefined {
  return address?.type === 'ccid' ? address.controller : undefined
}

/** Controllers of units of the host come before the board's own: libvirt adds them while it reads. */
export function addHostUnitControllers(d: Defaulting): void {
  for (const { type, mode, address } of devicesOf(d.domain, 'hostdev')) {
    if (type !== 'scsi' || mode !== 'subsystem') continue
    const last = address?.type === 'drive' ? address.controller : 0
    for (let index = 0; index <= last && index < 1024; index++)
      need(d, 'scsi', index, 'a SCSI device of the host is plugged into it')
  }
}

/** Units of one SCSI bus that libvirt hands to devices of the host (VIR_DOMAIN wide bus). */
const wideUnits = 16

/** SCSI units of the host get the next free unit behind a controller, beside the disks. */
function placeHostUnits(d: Defaulting): void {
  const { domain } = d
  const taken = new Set(
    [
      ...devicesOf(domain, 'disk').filter((disk) => disk.bus === 'scsi'),
      ...devicesOf(domain, 'hostdev'),
    ].flatMap(({ address }) =>
      address?.type === 'drive' ? [`${address.controller}:${address.unit}`] : [],
    ),
  )
  for (const device of devicesOf(domain, 'hostdev')) {
    if (device.type !== 'scsi' || device.mode !== 'subsystem') continue
    if (device.address === undefined) {
      let place = 0
      const at = (n: number): string => `${Math.floor(n / wideUnits)}:${n % wideUnits}`
      while (taken.has(at(place))) place++
      taken.add(at(place))
      const controller = Math.floor(place / wideUnits)
      settle(
        d,
        'hostdev',
        device,
        { type: 'drive', controller, bus: 0, target: 0, unit: place % wideUnits },
        { rule: 'address/drive', reason: 'the next free unit behind a SCSI controller' },
      )
    }
    if (device.address?.type === 'drive')
      for (let index = 0; index <= device.address.controller && index < 1024; index++)
        need(d, 'scsi', index, 'a SCSI device of the host is plugged into it')
  }
}

function addVirtioSerial(d: Defaulting): void {
  const { domain } = d
  const ports = [
    ...devicesOf(domain, 'channel').filter((channel) => channel.targetType === 'virtio'),
    ...devicesOf(domain, 'console').filter((console) => console.targetType === 'virtio'),
  ]
  for (const { address } of ports) {
    const index = address?.type === 'virtio-serial' ? address.controller : 0
    need(d, 'virtio-serial', index, 'a channel or console is plugged into it')
  }
}

/** Adds a controller unless there is one of that type and index. */
export function need(d: Defaulting, type: ControllerType, index: number, reason: string): void {
  const list = devicesOf(d.domain, 'controller')
  if (list.some((c) => c.type === type && c.index === index)) return
  const controller: Controller = { type, index }
  const row = `controller:${type}` as const
  const model = defaultModel(row, d.context)
  if (model !== undefined && model !== '') controller.model = model
  const at = appendController(d.domain, controller)
  noteDevice(d, 'controller', at, controller, { rule: 'controller/needed', reason })
}
