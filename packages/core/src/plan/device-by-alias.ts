import { deviceKinds } from '../domain/devices.ts'
import type { Domain } from '../domain/domain.ts'
import type { AnyDevice } from '../xml/parse-device.ts'

/** The device of this name, of whatever kind. */
export function deviceByAlias({ devices }: Domain, alias: string): AnyDevice | undefined {
  for (const kind of deviceKinds) {
    const list = (devices[kind] ?? []) as readonly { readonly alias?: string }[]
    const device = list.find((one) => one.alias === alias)
    if (device !== undefined) return { kind, device } as unknown as AnyDevice
  }
  return undefined
}
