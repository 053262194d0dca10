import type { Domain } from '@polyvirt/core/arch'

/** What devices of any kind may say of themselves, as far as rules look at it. */
export interface AnyDevice {
  readonly address?: { readonly type: string }
  readonly bootOrder?: number
  readonly romEnabled?: boolean
  readonly romBar?: boolean
  readonly romFile?: string
  readonly ats?: boolean
  readonly pagePerVq?: boolean
  readonly vectors?: number
}

/** Every device of a domain with its path. */
export function allDevices({ devices }: Domain): readonly (readonly [string, AnyDevice])[] {
  return Object.entries(devices).flatMap(([kind, list]) =>
    Array.isArray(list)
      ? (list as readonly AnyDevice[]).map(
          (device, i) => [`devices/${kind}[${i + 1}]`, device] as const,
        )
      : [],
  )
}
