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

/** The devices of a kind, to be changed in place; an empty list is made where there is none. */
export function devicesOf<K extends DeviceKind>(domain: DomainDraft, kind: K): DeviceDraft<K>[] {
  const devices = domain.devices as Record<string, unknown[] | undefined>
  return (devices[kind] ??= []) as DeviceDraft<K>[]
}

/** Drops the empty lists that {@link devicesOf} left, so that "no disks" has one form. */
export function dropEmptyKinds(domain: DomainDraft): void {
  const devices = domain.devices as Record<string, unknown>
  for (const [kind, list] of Object.entries(devices)) {
    if (Array.isArray(list) && list.length === 0) delete devices[kind]
  }
}
