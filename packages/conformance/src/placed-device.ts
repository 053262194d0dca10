import type { Address, Domain } from '@polyvirt/core/arch'

/** A device of a domain with what every device may have, whatever its kind. */
export interface PlacedDevice {
  readonly kind: string
  readonly path: string
  readonly alias?: string
  readonly address?: Address
  readonly device: Readonly<Record<string, unknown>>
}

/** All devices of a domain, kind by kind. */
export function placedDevices(domain: Domain): readonly PlacedDevice[] {
  return Object.entries(domain.devices).flatMap(([kind, list]) => {
    if (!Array.isArray(list)) return []
    return (list as readonly Readonly<Record<string, unknown>>[]).map((device, index) => ({
      kind,
      path: `devices/${kind}[${index + 1}]`,
      ...(typeof device['alias'] === 'string' ? { alias: device['alias'] } : {}),
      ...(device['address'] === undefined ? {} : { address: device['address'] as Address }),
      device,
    }))
  })
}

/** The first console is the first serial port seen once more: not a device of its own. */
export const isMirrorConsole = ({ kind, path, device }: PlacedDevice): boolean =>
  kind === 'console' && path === 'devices/console[1]' && device['targetType'] === 'serial'
