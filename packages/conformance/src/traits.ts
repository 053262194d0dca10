import { deepStrictEqual, ok, strictEqual } from 'node:assert'
import { formatDomain, parseDomain, type Domain } from '@polyvirt/core'
import type { BusType, DeviceModel } from '@polyvirt/core/arch'
import { driverOf, optionsOf } from './argv.ts'
import { deviceModel } from './device-model.ts'
import { isMirrorConsole, placedDevices, type PlacedDevice } from './placed-device.ts'
import { planAsked, type Planned } from './plan-scenario.ts'
import type { Scenario } from './scenario.ts'

/** Something that holds for every scenario an architecture accepts. */
export interface Trait {
  readonly name: string
  readonly check: (planned: Planned, scenario: Scenario) => void
}

export const traits: readonly Trait[] = [
  {
    name: 'planning leaves its input alone and gives equal plans for equal input',
    check(planned) {
      const before = structuredClone(planned.asked)
      const again = planAsked(deepFreeze(structuredClone(planned.asked)), planned.target)
      const first = planAsked(planned.asked, planned.target)
      deepStrictEqual(planned.asked, before, 'the input was changed')
      deepStrictEqual(again.stored, first.stored)
      deepStrictEqual(again.argv, first.argv)
    },
  },
  {
    name: 'a definition with nothing left unsaid stays as it is',
    check(planned) {
      const again = planAsked(planned.stored, planned.target)
      deepStrictEqual(withoutOrigin(again.stored), withoutOrigin(planned.stored))
      strictEqual(formatDomain(again.stored), formatDomain(planned.stored))
    },
  },
  {
    name: 'what the document says is kept',
    check(planned, { corrects = [] }) {
      for (const [key, value] of Object.entries(planned.asked)) {
        if (key === 'devices' || key === 'os' || corrects.includes(key)) continue
        keeps(value, (planned.stored as unknown as Record<string, unknown>)[key], key)
      }
      const { machine, arch, ...os } = planned.asked.os
      keeps(os, planned.stored.os, 'os')
      strictEqual(planned.stored.os.arch, arch)
      ok(planned.stored.os.machine !== undefined, `machine '${machine}' was lost`)
      keepsDevices(planned)
    },
  },
  {
    name: 'written down and read again it is the same',
    check(planned) {
      const xml = formatDomain(planned.stored)
      const back = parseDomain(xml, { validate: true })
      deepStrictEqual(withoutOrigin(back.domain), withoutOrigin(planned.stored))
      strictEqual(formatDomain(back.domain), xml)
      const live = formatDomain(planned.domain)
      strictEqual(formatDomain(parseDomain(live, { validate: true }).domain), live)
    },
  },
  {
    name: 'aliases are unique and every device has one',
    check(planned) {
      const seen = new Map<string, string>()
      for (const placed of placedDevices(planned.domain)) {
        if (isMirrorConsole(placed) || ['graphics', 'audio'].includes(placed.kind)) continue
        const { alias, path } = placed
        ok(alias !== undefined && alias !== '', `${path} has no alias`)
        // The functions of one USB 2 controller share its name, as in libvirt.
        if (placed.device['masterStartport'] !== undefined) continue
        ok(!seen.has(alias), `${path} and ${seen.get(alias)} both have the alias '${alias}'`)
        seen.set(alias, path)
      }
    },
  },
  {
    name: 'addresses are unique, of the kind the allow-list says, on a bus that exists',
    check(planned) {
      const taken = new Map<string, string>()
      for (const placed of placedDevices(planned.domain)) {
        if (isMirrorConsole(placed)) continue
        checkAddress(placed, planned)
        const place = placeOf(placed)
        if (place === undefined) continue
        ok(!taken.has(place), `${placed.path} and ${taken.get(place)} are both at ${place}`)
        taken.set(place, placed.path)
      }
    },
  },
  {
    name: 'each device stands on the command line exactly once',
    check(planned) {
      const found = new Map<string, string>()
      const nameless = new Map<string, number>()
      for (const option of optionsOf(planned.argv, '-device')) {
        const { id } = option.properties
        const driver = driverOf(option)
        if (typeof id !== 'string') {
          nameless.set(driver, (nameless.get(driver) ?? 0) + 1)
          continue
        }
        ok(!found.has(id), `two -device options have the id '${id}'`)
        found.set(id, driver)
      }
      for (const placed of placedDevices(planned.domain)) {
        const model = offered(placed, planned)
        if (isMirrorConsole(placed) || model?.driver === undefined) continue
        if (isOnBoard(placed, model, planned)) continue
        const { alias = '', path } = placed
        // A device that libvirt gives no id is told by its type.
        const count = found.has(alias) ? 1 : (nameless.get(model.driver) ?? 0)
        strictEqual(count, 1, `${path} ('${alias}') stands ${count} times on the command line`)
      }
    },
  },
  {
    name: 'every device type on the command line is one that this QEMU has',
    check(planned) {
      const known = new Set(planned.target.capabilities.devices)
      // QEMU keeps short names beside the types: `lsi`, `ahci`.
      const aliases = new Set(
        Object.values(planned.target.arch.devices).flatMap((row) =>
          Object.values(row?.models ?? {}).flatMap(({ driver, type }) =>
            driver !== undefined && type !== undefined && known.has(type) ? [driver] : [],
          ),
        ),
      )
      for (const option of optionsOf(planned.argv, '-device')) {
        const driver = driverOf(option)
        ok(known.has(driver) || aliases.has(driver), `QEMU has no device type '${driver}'`)
      }
    },
  },
  {
    name: 'the command line is made of real values',
    check(planned) {
      for (const word of planned.argv) {
        strictEqual(typeof word, 'string')
        ok(!/undefined|NaN|\[object/.test(word), `'${word}' holds a value that is none`)
        ok(!word.includes('\0'), 'a word holds a zero byte')
      }
    },
  },
  {
    name: 'nothing is left to interpret in the CPU',
    check(planned) {
      const { cpu } = planned.stored
      if (planned.asked.cpu?.mode !== undefined || cpu?.mode === undefined) return
      strictEqual(cpu.mode, 'custom', 'a default CPU is a definite model')
      ok(cpu.model !== undefined, 'a default CPU names its model')
    },
  },
  {
    name: 'each thing that was added says where, by which rule, whose, and why',
    check(planned) {
      for (const note of planned.notes) {
        for (const key of ['path', 'rule', 'owner', 'reason'] as const) {
          ok(note[key] !== '', `a note on '${note.path}' has no ${key}`)
        }
      }
      const added = placedDevices(planned.stored).filter(
        ({ device }) => device['origin'] === undefined,
      )
      const explained = new Set(planned.notes.map(({ path }) => path))
      for (const { kind, path } of added) {
        const some = [...explained].some((one) => one.startsWith(`devices/${kind}[`))
        ok(some, `${path} was added and nothing says why`)
      }
    },
  },
]

function keepsDevices(planned: Planned): void {
  const stored = placedDevices(planned.stored)
  for (const { kind, path, device } of placedDevices(planned.asked)) {
    const { origin, alias, ...said } = device
    const same = stored.filter((other) => other.kind === kind)
    const kept = same.find(
      (other) => origin !== undefined && isSame(other.device['origin'], origin),
    )
    if (kept !== undefined) keeps(said, kept.device, path)
    else {
      const some = same.some((other) => isKept(said, other.device))
      ok(some, `${path} is not in the definition as the document says it`)
    }
    if (typeof alias === 'string' && alias.startsWith('ua-')) {
      ok(
        same.some((other) => other.alias === alias),
        `alias '${alias}' was lost`,
      )
    }
  }
}

/** Every leaf of what was said is in what is there; lists keep their length and order. */
function keeps(said: unknown, there: unknown, path: string): void {
  if (said === undefined) return
  if (typeof said !== 'object' || said === null) {
    deepStrictEqual(there, said, `${path} was changed`)
    return
  }
  ok(typeof there === 'object' && there !== null, `${path} was dropped`)
  for (const [key, value] of Object.entries(said)) {
    if (key === 'origin' || (isWish(said) && !['type', 'uid', 'fid'].includes(key))) continue
    keeps(value, (there as Record<string, unknown>)[key], `${path}/${key}`)
  }
}

/** A PCI address that names no place wishes for one on that bus. */
const isWish = (said: object): boolean =>
  'type' in said && said.type === 'pci' && 'open' in said && said.open === true

function isKept(said: unknown, there: unknown): boolean {
  try {
    keeps(said, there, '')
    return true
  } catch {
    return false
  }
}

function isSame(a: unknown, b: unknown): boolean {
  try {
    deepStrictEqual(a, b)
    return true
  } catch {
    return false
  }
}

const offered = (placed: PlacedDevice, planned: Planned): DeviceModel | undefined =>
  deviceModel(placed, planned.target)

/** Part of the board: QEMU has it without being asked, at most with a `-global` property. */
function isOnBoard({ kind, device }: PlacedDevice, model: DeviceModel, planned: Planned): boolean {
  const { profile } = planned.target
  if (model.builtIn?.includes(profile.name) === true) return true
  const globals = planned.options.filter(({ name }) => name === '-global')
  if (globals.some(({ value }) => value?.startsWith(`${model.driver}.`))) return true
  if (kind !== 'controller') return false
  // A board without one is given a floppy controller for its floppies, and none without.
  if (device['type'] === 'fdc')
    return planned.stored.devices.disk?.some(({ bus }) => bus === 'fdc') !== true
  if (device['type'] === 'pci') {
    return device['model'] === profile.pci?.root && (device['targetIndex'] ?? 0) === 0
  }
  return (profile.pci?.places ?? []).some(
    (place) => place.kind === 'controller' && place.fixed === true && isKept(place.where, device),
  )
}

/** Buses on which every device has a place of its own. */
const placesOf: Readonly<Partial<Record<BusType, boolean>>> = {
  pci: true,
  'spapr-vio': true,
  usb: true,
  ccw: true,
  drive: true,
}

function checkAddress(placed: PlacedDevice, planned: Planned): void {
  const { address, path } = placed
  const model = offered(placed, planned)
  const bus = model?.bus
  if (bus !== undefined && placesOf[bus] === true) {
    ok(address !== undefined, `${path} is to be on '${bus}' and has no address`)
  }
  if (address === undefined || bus === undefined) return
  if (bus !== 'none' && address.type !== 'unassigned') {
    strictEqual(address.type, bus, `${path} has an address of another bus`)
  }
  const has = (type: string, index: number): boolean =>
    (planned.domain.devices.controller ?? []).some(
      (controller) => controller.type === type && (controller.index ?? 0) === index,
    )
  if (address.type === 'pci')
    ok(has('pci', address.bus), `${path} is on a PCI bus that is not there`)
  if (address.type === 'usb')
    ok(has('usb', address.bus), `${path} is on a USB bus that is not there`)
  if (address.type === 'ccw') {
    const { cssid } = planned.target.profile.channels ?? {}
    strictEqual(address.cssid, cssid, `${path} is in a channel subsystem that is not there`)
  }
  if (address.type === 'virtio-serial') {
    ok(has('virtio-serial', address.controller), `${path} is on a controller that is not there`)
  }
}

/** A key that no two devices may share. */
function placeOf({ kind, device, address }: PlacedDevice): string | undefined {
  switch (address?.type) {
    case 'pci':
      return `pci ${address.domain}:${address.bus}:${address.slot}.${address.function}`
    case 'drive':
      return `${typeof device['bus'] === 'string' ? device['bus'] : kind} drive ${address.controller}:${address.bus}:${address.target}:${address.unit}`
    case 'usb':
      return address.port === undefined ? undefined : `usb ${address.bus}:${address.port}`
    case 'virtio-serial':
      return `virtio-serial ${address.controller}:${address.bus}:${address.port}`
    case 'spapr-vio':
      return `spapr-vio ${address.reg}`
    case 'ccw':
      return `ccw ${address.cssid}.${address.ssid}.${address.devno}`
    default:
      return undefined
  }
}

/** Where a device stood in a document is not part of what it is. */
function withoutOrigin(domain: Domain): unknown {
  return JSON.parse(
    JSON.stringify(domain, (key, value: unknown) => (key === 'origin' ? undefined : value)),
  )
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const inner of Object.values(value)) deepFreeze(inner)
  return value
}
