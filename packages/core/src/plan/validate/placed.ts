import type { DeviceModel } from '../../arch/device-allow-list.ts'
import type { Address } from '../../domain/address.ts'
import { deviceKinds } from '../../domain/devices.ts'
import type { DeviceKind, DeviceOf } from '../../domain/devices.ts'
import { modelAt, rowKey } from '../allow-list.ts'
import type { RowKey } from '../allow-list.ts'
import type { AddressedDomain } from '../assign-addresses.ts'
import type { PlanContext } from '../plan-context.ts'

/** A device with its path in the document, what the allow-list says of it, and where it is. */
export interface Placed {
  readonly kind: DeviceKind
  readonly path: string
  readonly device: DeviceOf<DeviceKind>
  readonly address: Address | undefined
  /** Where the allow-list speaks of it; nothing for kinds that it does not list. */
  readonly at: RowKey | undefined
  /** Nothing where the architecture does not offer it on this machine. */
  readonly model: DeviceModel | undefined
}

/** All devices of a domain, looked up once for all who judge them. */
export function allDevices({ devices }: AddressedDomain, context: PlanContext): readonly Placed[] {
  const placed: Placed[] = []
  for (const kind of deviceKinds) {
    const list: readonly DeviceOf<DeviceKind>[] | undefined = devices[kind]
    if (list === undefined) continue
    for (const [i, device] of list.entries()) {
      const { address } = device as { readonly address?: Address }
      const at = rowKey(kind, device as never)
      const model = modelAt(at, device, context)
      placed.push({ kind, path: `devices/${kind}[${i + 1}]`, device, address, at, model })
    }
  }
  return placed
}
