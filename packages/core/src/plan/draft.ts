import type { Domain } from '../domain/domain.ts'
import type { DeviceKind, DeviceOf } from '../domain/devices.ts'

/** A value under construction: the same shape, open to change. Never leaves the planning step. */
export type Draft<T> = T extends readonly (infer U)[]
  ? Draft<U>[]
  : T extends object
    ? { -readonly [K in keyof T]: Draft<T[K]> }
    : T

export type DomainDraft = Draft<Domain>
export type DeviceDraft<K extends DeviceKind> = Draft<DeviceOf<K>>

/** Does a record say nothing at all? */
export function isEmpty(value: object | undefined): boolean {
  return (
    value !== undefined &&
    Object.values(value).every(
      (one: unknown) => one === undefined || (Array.isArray(one) && one.length === 0),
    )
  )
}

/** The devices of a kind, each open to change; {@link deviceListOf} is for changing their list. */
export function devicesOf<K extends DeviceKind>(
  domain: DomainDraft,
  kind: K,
): readonly DeviceDraft<K>[] {
  return (domain.devices[kind] as readonly DeviceDraft<K>[] | undefined) ?? none
}

/** One for all: most kinds are not there, and each is asked for many times. */
const none: readonly never[] = []

/** The list of the devices of a kind, to be changed in place; made where there is none. */
export function deviceListOf<K extends DeviceKind>(domain: DomainDraft, kind: K): DeviceDraft<K>[] {
  const devices = domain.devices as Record<string, unknown[] | undefined>
  return (devices[kind] ??= []) as DeviceDraft<K>[]
}

/** Drops lists that have become empty, so that "no disks" has one form. */
export function dropEmptyKinds(domain: DomainDraft): void {
  const devices = domain.devices as Record<string, unknown>
  for (const kind in devices) {
    const list = devices[kind]
    if (Array.isArray(list) && list.length === 0) delete devices[kind]
  }
}
