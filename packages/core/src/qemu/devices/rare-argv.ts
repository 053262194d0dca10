import type { Iommu } from '../../domain/devices/iommu.ts'
import { placeOptions, driverName, offeredModel, virtioOptions } from '../argv-context.ts'
import type { ArgvContext, Argument } from '../argv-context.ts'
import { jsonOption } from '../option-string.ts'

/** IOMMUs come before every bus that they guard. */
export function iommuArguments(context: ArgvContext): Argument[] {
  return (context.domain.devices.iommu ?? []).flatMap((one): Argument[] => {
    const { driver } = offeredModel(context, 'iommu', one)
    if (driver === undefined) return []
    return [
      [
        '-device',
        jsonOption({
          driver,
          id: one.alias,
          ...iommuOptions(one),
          ...placeOptions(one, context.domain),
        }),
      ],
    ]
  })
}

function iommuOptions(one: Iommu): Parameters<typeof jsonOption>[0] {
  return {
    intremap: one.intremap === undefined ? undefined : one.intremap ? 'on' : 'off',
    'caching-mode': one.cachingMode,
    eim: one.eim === undefined ? undefined : one.eim ? 'on' : 'off',
    'device-iotlb': one.iotlb,
    'aw-bits': one.awBits,
  }
}

/** Sockets between guest and host. */
export function vsockArguments(context: ArgvContext): Argument[] {
  return (context.domain.devices.vsock ?? []).map((one): Argument => {
    const model = offeredModel(context, 'vsock', one)
    return [
      '-device',
      jsonOption({
        driver: driverName(model, one.model),
        id: one.alias,
        'guest-cid': context.runtime.vsockCid ?? one.cid ?? 0,
        vhostfd: context.runtime.opensDevices === true ? undefined : '-1',
        ...virtioOptions(one),
        ...placeOptions(one, context.domain),
      }),
    ]
  })
}

export function cryptoArguments(context: ArgvContext): Argument[] {
  return (context.domain.devices.crypto ?? []).flatMap((one): Argument[] => {
    const alias = one.alias ?? ''
    const cryptodev = `obj${alias}`
    const { driver } = offeredModel(context, 'crypto', one)
    return [
      [
        '-object',
        jsonOption({
          'qom-type': `cryptodev-backend-${one.backend}`,
          id: cryptodev,
          queues: one.queues,
        }),
      ],
      [
        '-device',
        jsonOption({
          driver,
          cryptodev,
          id: alias,
          ...virtioOptions(one),
          ...placeOptions(one, context.domain),
        }),
      ],
    ]
  })
}
