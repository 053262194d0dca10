import type { Address } from '../../domain/address.ts'
import { deviceKinds } from '../../domain/devices.ts'
import type { DeviceKind, DeviceOf } from '../../domain/devices.ts'
import type { AddressedDomain } from '../assign-addresses.ts'

/** A device with its path in the document, and where it is. */
export interface Placed {
  readonly kind: DeviceKind
  readonly path: string
  readonly device: DeviceOf<DeviceKind>
  readonly address?: Address
}

export function allDevices(domain: AddressedDomain): Placed[] {
  return deviceKinds.flatMap((kind) =>
    (domain.devices[kind] ?? []).map((device, i) => {
      const { address } = device as { readonly address?: Address }
      return { kind, path: `devices/${kind}[${i + 1}]`, device, ...(address && { address }) }
    }),
  )
}
