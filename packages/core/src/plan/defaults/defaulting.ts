import { formatAddress } from '../../domain/address.ts'
import type { Address } from '../../domain/address.ts'
import { deviceFields } from '../../domain/devices.ts'
import type { DeviceKind } from '../../domain/devices.ts'
import { domainXml } from '../../domain/domain.ts'
import { plainPath } from '../../xml/fields.ts'
import type { XmlField, XmlFields } from '../../xml/fields.ts'
import { deviceListOf, devicesOf } from '../draft.ts'
import type { DeviceDraft, DomainDraft, Draft } from '../draft.ts'
import type { Notes } from '../notes.ts'
import type { PlanContext } from '../plan-context.ts'

/** Whose rule it is and why: what `explain` shows. */
export interface Reason {
  readonly rule: string
  readonly reason: string
  /** The architecture's table rather than core. */
  readonly arch?: boolean
}

/** The domain being completed, with the means to say what was added. */
export interface Defaulting {
  readonly domain: DomainDraft
  readonly context: PlanContext
  readonly notes: Notes
}

/** The XML place of a device's property: `devices/disk[2]/target/@bus`. */
export function devicePath(kind: DeviceKind, index: number, key?: string): string {
  const base = `devices/${kind}[${index + 1}]`
  if (key === undefined) return base
  const fields = deviceFields[kind] as Readonly<Record<string, XmlField<unknown>>>
  return `${base}/${plainPath(fields[key]?.knows[0] ?? key)}`
}

/** Sets a property of a device that the document left out. */
export function fill<K extends DeviceKind, P extends keyof DeviceDraft<K> & string>(
  d: Defaulting,
  kind: K,
  device: DeviceDraft<K>,
  key: P,
  value: NonNullable<DeviceDraft<K>[P]> | undefined,
  why: Reason,
): void {
  if (device[key] !== undefined || value === undefined) return
  device[key] = value
  const index = devicesOf(d.domain, kind).indexOf(device)
  noteLater(d, why, () => [devicePath(kind, index, key), value])
}

/** Sets a property of the domain itself that the document left out. */
export function fillDomain<P extends keyof DomainDraft & string>(
  d: Defaulting,
  key: P,
  value: NonNullable<DomainDraft[P]>,
  why: Reason,
): void {
  if (d.domain[key] !== undefined) return
  d.domain[key] = value
  const fields = domainXml as XmlFields<object> as Readonly<Record<string, XmlField<unknown>>>
  note(d, plainPath(fields[key]?.knows[0] ?? key), value, why)
}

/** A device of any kind that can have an address. */
export interface Placeable {
  address?: Draft<Address>
}

export type PlaceableKind = Exclude<DeviceKind, 'audio' | 'graphics' | 'lease'>

/** All devices of a kind, seen only as things with a place. */
export function placeables(domain: DomainDraft, kind: PlaceableKind): readonly Placeable[] {
  return devicesOf(domain, kind) as readonly Placeable[]
}

/** Puts a device in its place. */
export function settle(
  d: Defaulting,
  kind: PlaceableKind,
  device: Placeable,
  address: Address,
  why: Reason,
): void {
  device.address = { ...address }
  const index = placeables(d.domain, kind).indexOf(device)
  noteLater(d, why, () => [`${devicePath(kind, index)}/address`, formatAddress(address)])
}

/** Adds a whole device behind the others of its kind. */
export function addDevice<K extends DeviceKind>(
  d: Defaulting,
  kind: K,
  device: DeviceDraft<K>,
  why: Reason,
): DeviceDraft<K> {
  const list = deviceListOf(d.domain, kind)
  list.push(device)
  noteDevice(d, kind, list.length - 1, device, why)
  return device
}

/** Says that a device was added, wherever in its list. */
export function noteDevice(
  d: Defaulting,
  kind: DeviceKind,
  index: number,
  device: object,
  why: Reason,
): void {
  const asAdded = { ...device }
  const words = (): string =>
    Object.entries(asAdded)
      .filter(([, value]) => typeof value !== 'object')
      .map(([key, value]) => `${key} ${String(value)}`)
      .join(', ')
  noteLater(d, why, () => [devicePath(kind, index), words()])
}

export function note(d: Defaulting, path: string, value: unknown, why: Reason): void {
  noteLater(d, why, () => [path, value])
}

type Told = readonly [path: string, value: unknown]

function noteLater(d: Defaulting, why: Reason, tell: () => Told): void {
  d.notes.add(() => {
    const [path, value] = tell()
    return {
      path,
      value: typeof value === 'string' ? value : JSON.stringify(value),
      rule: why.rule,
      owner: why.arch === true ? d.context.arch.package : '@polyvirt/core',
      reason: why.reason,
    }
  })
}
